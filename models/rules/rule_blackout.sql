-- A message in hours or days in which its page sends nothing. What is over cannot be mended any more.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

    where send_at > {{ as_of() }}

),

calendar as (

    select * from {{ ref('page_calendar') }}

    where kind = 'blackout'

),

broken as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        concat(
            'The page sends nothing at that hour',
            case when min(nullif({{ trim_text('calendar.note') }}, '')) is null then '' else ': ' end,
            coalesce(min(nullif({{ trim_text('calendar.note') }}, '')), ''), '.'
        ) as detail

    from messages

    inner join calendar
        on
            messages.page_name = {{ page_key('calendar.page_name') }}
            and {{ is_in_calendar('messages', 'calendar') }}

    group by messages.schedule_id, messages.page_name, messages.message_id

)

select * from broken
