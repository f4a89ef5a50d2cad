-- A week with fewer or more messages than the page's bounds, borders included.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

counted as (

    select
        schedule_id,
        page_name,
        min(week_start) as week_start,
        count(*) as message_count

    from messages

    group by schedule_id, page_name

),

bounded as (

    select
        counted.schedule_id,
        counted.page_name,
        counted.message_count,
        {{ page_setting('settings', 'messages_per_week_min') }} as count_min,
        {{ page_setting('settings', 'messages_per_week_max') }} as count_max

    from counted

    left join settings
        on
            counted.page_name = settings.page_name
            and {{ is_in_force('counted.week_start', 'settings') }}

),

broken as (

    select
        schedule_id,
        page_name,
        cast(null as string) as message_id,
        concat(
            'The week has ', cast(message_count as string), ' messages, outside ',
            {{ number_text('count_min') }}, ' to ', {{ number_text('count_max') }}, '.'
        ) as detail

    from bounded

    where message_count < count_min or message_count > count_max

)

select * from broken
