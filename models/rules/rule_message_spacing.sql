-- Messages closer together than the page's spacing, in elapsed time, so that nights on which the
-- clock changes are right. Beside the week itself, the page's active schedules of other weeks and
-- its real sends count; a real send that executed this very schedule does not.

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

weeks as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.week_start,
        {{ page_setting('settings', 'min_spacing_hours') }} * 3600 as spacing_seconds,
        min(messages.send_at) as first_send_at,
        max(messages.send_at) as last_send_at

    from messages

    left join settings
        on
            messages.page_name = settings.page_name
            and {{ is_in_force('messages.week_start', 'settings') }}

    group by
        messages.schedule_id,
        messages.page_name,
        messages.week_start,
        settings.min_spacing_hours

),

executed as (

    select distinct
        schedule_id,
        message_key

    from matches

),

sent_around as (

    select
        weeks.schedule_id,
        weeks.page_name,
        weeks.spacing_seconds,
        history.sent_at,
        history.message_key

    from weeks

    inner join history
        on weeks.page_name = history.page_name

    where
        history.is_valid
        and history.sent_at < {{ as_of() }}
        and history.sent_at <= weeks.last_send_at
        and {{ timestamp_diff_seconds('weeks.first_send_at', 'history.sent_at') }}
            < weeks.spacing_seconds

),

sent as (

    select
        sent_around.schedule_id,
        sent_around.page_name,
        sent_around.spacing_seconds,
        sent_around.sent_at

    from sent_around

    left join executed
        on
            sent_around.schedule_id = executed.schedule_id
            and sent_around.message_key = executed.message_key

    where executed.message_key is null

),

neighbours as (

    select
        weeks.schedule_id,
        weeks.page_name,
        weeks.spacing_seconds,
        messages.send_at

    from weeks

    inner join messages
        on
            weeks.page_name = messages.page_name
            and weeks.week_start <> messages.week_start

    where
        messages.status = 'active'
        and abs({{ days_between('messages.week_start', 'weeks.week_start') }}) <= 7

),

moments as (

    select
        messages.schedule_id,
        messages.page_name,
        weeks.spacing_seconds,
        messages.message_id,
        messages.send_at as moment_at,
        'own' as kind

    from messages

    inner join weeks
        on messages.schedule_id = weeks.schedule_id

    union all

    select
        schedule_id,
        page_name,
        spacing_seconds,
        cast(null as string) as message_id,
        send_at as moment_at,
        'planned' as kind

    from neighbours

    union all

    select
        schedule_id,
        page_name,
        spacing_seconds,
        cast(null as string) as message_id,
        sent_at as moment_at,
        'sent' as kind

    from sent

),

ordered as (

    select
        schedule_id,
        page_name,
        spacing_seconds,
        message_id,
        moment_at,
        kind,
        lag(message_id) over (
            partition by schedule_id
            order by moment_at, kind, message_id
        ) as previous_message_id,
        lag(moment_at) over (
            partition by schedule_id
            order by moment_at, kind, message_id
        ) as previous_at,
        lag(kind) over (
            partition by schedule_id
            order by moment_at, kind, message_id
        ) as previous_kind

    from moments

    where moment_at is not null

),

spaced as (

    select
        schedule_id,
        page_name,
        spacing_seconds,
        coalesce(message_id, previous_message_id) as message_id,
        case
            when kind = 'planned' or previous_kind = 'planned' then 'a message of another week'
            when previous_kind = 'sent' then 'the last real send'
            else 'the message before'
        end as neighbour,
        {{ timestamp_diff_seconds('moment_at', 'previous_at') }} as gap_seconds

    from ordered

    where
        kind = 'own'
        or (kind = 'planned' and previous_kind = 'own')

),

broken as (

    select
        schedule_id,
        page_name,
        message_id,
        concat(
            'Only ', {{ number_text('floor(min(gap_seconds) / 36) / 100') }}, ' hours from ',
            min(neighbour), '; ', {{ number_text('min(spacing_seconds) / 3600') }}, ' are required.'
        ) as detail

    from spaced

    where gap_seconds < spacing_seconds

    group by schedule_id, page_name, message_id

)

select * from broken
