-- A holiday with more messages than its day multiplier and holiday factor give it, rounded up.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

holidays as (

    select * from {{ ref('int_holiday_shares') }}

),

weeks as (

    select
        schedule_id,
        page_name,
        count(*) as message_count

    from messages

    group by schedule_id, page_name

),

day_counts as (

    select
        schedule_id,
        local_date,
        count(*) as day_count

    from messages

    group by schedule_id, local_date

),

bounded as (

    select
        weeks.schedule_id,
        weeks.page_name,
        weeks.message_count,
        holidays.local_date,
        holidays.holiday_name,
        day_counts.day_count,
        {{ share_count('holidays.day_share_cap', 'weeks.message_count') }} as count_max

    from weeks

    inner join day_counts on weeks.schedule_id = day_counts.schedule_id

    inner join holidays on day_counts.local_date = holidays.local_date

),

broken as (

    select
        schedule_id,
        page_name,
        cast(null as string) as message_id,
        concat(
            holiday_name, ', ', cast(local_date as string), ', has ', cast(day_count as string),
            ' of ', cast(message_count as string), ' messages; its factor gives it ',
            {{ number_text('count_max') }}, '.'
        ) as detail

    from bounded

    where day_count > count_max

)

select * from broken
