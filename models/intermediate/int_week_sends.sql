-- One row per page and slot whose 168 hours before reach back into sends made before its week.

with

pages as (

    select * from {{ ref('stg_active_creators') }}

),

hours as (

    select * from {{ ref('int_week_hours') }}

),

messages as (

    select * from {{ ref('int_caption_messages') }}

),

-- The first slot of a week is its first instant, also where midnight does not exist.
weeks as (

    select
        timezone,
        send_at,
        week_start,
        {{ unix_seconds('send_at') }} as send_second,
        {{ unix_seconds('min(send_at) over (partition by timezone, week_start)') }} as week_second

    from hours

),

recent as (

    select
        messages.page_name,
        pages.timezone,
        {{ unix_seconds('messages.sent_at') }} as sent_second

    from messages

    inner join pages on messages.page_name = pages.page_name

    where
        pages.is_active
        and messages.sent_at >= {{ add_seconds(as_of(), -15 * 86400) }}

),

counted as (

    select
        recent.page_name,
        weeks.send_at,
        count(*) as sends_168h_before_week

    from recent

    inner join weeks
        on
            recent.timezone = weeks.timezone
            and recent.sent_second < weeks.week_second
            and recent.sent_second >= weeks.send_second - {{ 7 * 24 * 3600 }}

    group by recent.page_name, weeks.send_at

)

select * from counted
