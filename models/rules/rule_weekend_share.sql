-- A week with more messages on Saturday and Sunday than the day multipliers give them, rounded up.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

weekend as (

    select * from {{ ref('int_weekend_share') }}

),

counted as (

    select
        schedule_id,
        page_name,
        count(*) as message_count,
        sum(case when iso_weekday >= 6 then 1 else 0 end) as weekend_count

    from messages

    group by schedule_id, page_name

),

bounded as (

    select
        counted.schedule_id,
        counted.page_name,
        counted.message_count,
        counted.weekend_count,
        {{ share_count('weekend.weekend_share_cap', 'counted.message_count') }} as count_max

    from counted

    cross join weekend

),

broken as (

    select
        schedule_id,
        page_name,
        cast(null as string) as message_id,
        concat(
            'Saturday and Sunday have ', cast(weekend_count as string), ' of ',
            cast(message_count as string), ' messages; the day multipliers give them ',
            {{ number_text('count_max') }}, '.'
        ) as detail

    from bounded

    where weekend_count > count_max

)

select * from broken
