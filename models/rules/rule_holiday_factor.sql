-- A holiday with more messages than its day multiplier and holiday factor give it, rounded up.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

multipliers as (

    select * from {{ ref('day_multipliers') }}

),

holidays as (

    select * from {{ ref('holidays') }}

),

weeks as (

    select
        schedule_id,
        page_name,
        week_start,
        count(*) as message_count

    from messages

    group by schedule_id, page_name, week_start

),

days as (

    select
        weeks.schedule_id,
        weeks.page_name,
        weeks.message_count,
        cast(
            {{ add_days('weeks.week_start', 'multipliers.iso_weekday - 1') }} as date
        ) as local_date,
        multipliers.multiplier

    from weeks

    cross join multipliers

),

weighted as (

    select
        days.schedule_id,
        days.page_name,
        days.message_count,
        days.local_date,
        holidays.holiday_name,
        days.multiplier * coalesce(holidays.factor, 1.0) as day_weight

    from days

    left join holidays
        on days.local_date = holidays.holiday_date

),

shared as (

    select
        schedule_id,
        page_name,
        message_count,
        local_date,
        holiday_name,
        day_weight / sum(day_weight) over (partition by schedule_id) as day_share

    from weighted

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
        shared.schedule_id,
        shared.page_name,
        shared.message_count,
        shared.local_date,
        shared.holiday_name,
        day_counts.day_count,
        ceil(round(shared.message_count * shared.day_share, 9)) as count_max

    from shared

    inner join day_counts
        on
            shared.schedule_id = day_counts.schedule_id
            and shared.local_date = day_counts.local_date

    where shared.holiday_name is not null

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
