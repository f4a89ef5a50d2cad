-- A message whose caption the page used too few local days before. Uses are real sends before
-- `as_of` and the slot, and messages of the page's active schedules of other weeks; never the
-- schedule itself, what it replaces, or a real send that executed it.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

history as (

    select * from {{ ref('int_messages') }}

),

matches as (

    select * from {{ ref('int_schedule_matches') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

executed as (

    select distinct
        schedule_id,
        message_key

    from matches

),

sent as (

    select
        messages.schedule_id,
        messages.message_id,
        history.local_date as used_on

    from messages

    inner join history
        on
            messages.page_name = history.page_name
            and messages.own_caption_key = history.caption_key

    left join executed
        on
            messages.schedule_id = executed.schedule_id
            and history.message_key = executed.message_key

    where
        history.is_valid
        and history.sent_at < {{ as_of() }}
        and history.sent_at < messages.send_at
        and executed.message_key is null

),

planned as (

    select
        messages.schedule_id,
        messages.message_id,
        others.local_date as used_on

    from messages

    inner join messages as others
        on
            messages.page_name = others.page_name
            and messages.own_caption_key = others.own_caption_key
            and messages.week_start <> others.week_start

    where
        others.status = 'active'
        and others.send_at < messages.send_at

),

uses as (

    select * from sent
    union all
    select * from planned

),

last_uses as (

    select
        schedule_id,
        message_id,
        max(used_on) as last_used_on

    from uses

    group by schedule_id, message_id

),

aged as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        last_uses.last_used_on,
        {{ days_between('messages.local_date', 'last_uses.last_used_on') }} as days_since,
        {{ page_setting('settings', 'min_freshness_days') }} as days_min

    from messages

    inner join last_uses
        on
            messages.schedule_id = last_uses.schedule_id
            and messages.message_id = last_uses.message_id

    left join settings
        on
            messages.page_name = settings.page_name
            and {{ is_in_force('messages.week_start', 'settings') }}

),

broken as (

    select
        schedule_id,
        page_name,
        message_id,
        concat(
            'The page used the caption on ', cast(last_used_on as string), ', ',
            {{ number_text('days_since') }}, ' days before; ', {{ number_text('days_min') }},
            ' are required.'
        ) as detail

    from aged

    where days_since < days_min

)

select * from broken
