-- One row per alert, from the first check that raised it to the first that did not any more. A view: an
-- alert is there as soon as it is raised.

{{ config(materialized='view') }}

with

checks as (

    select * from {{ ref('alert_checks') }}

),

raised as (

    select * from {{ ref('int_run_alerts') }}

),

types as (

    select * from {{ ref('alert_types') }}

),

pages as (

    select * from {{ ref('int_pages') }}

),

marks as (

    select * from {{ ref('int_alert_marks') }}

),

neighboured as (

    select
        *,
        coalesce(
            lag(is_firing) over (
                partition by alert_type, page_name, week_start
                order by check_number
            ),
            false
        ) as was_firing,
        lead(is_firing) over (
            partition by alert_type, page_name, week_start
            order by check_number
        ) as stays_firing,
        lead(observed_at) over (
            partition by alert_type, page_name, week_start
            order by check_number
        ) as next_observed_at,
        lead(is_judged) over (
            partition by alert_type, page_name, week_start
            order by check_number
        ) as is_next_judged,
        max(case when is_judged then observed_at end) over (
            partition by alert_type, page_name, week_start
        ) as last_checked_at

    from checks

),

numbered as (

    select
        *,
        sum(case when is_firing and not was_firing then 1 else 0 end) over (
            partition by alert_type, page_name, week_start
            order by check_number
            rows between unbounded preceding and current row
        ) as episode

    from neighboured

),

firing as (

    select
        numbered.*,
        raised.alert_id,
        raised.severity,
        raised.schedule_id,
        raised.detail,
        raised.run_id,
        row_number() over (
            partition by numbered.alert_type, numbered.page_name, numbered.week_start, numbered.episode
            order by numbered.check_number desc
        ) as rank_from_last

    from numbered

    left join raised
        on
            numbered.checked_by = raised.run_id
            and numbered.alert_type = raised.alert_type
            and numbered.page_name = raised.page_name
            and numbered.week_start = raised.week_start

    where numbered.is_firing

),

episodes as (

    select
        alert_type,
        page_name,
        week_start,
        min(observed_at) as opened_at,
        -- a page's last day has as_of as its moment until it has passed, and stays the same day
        min(case when checked_by is null then cast(checked_date as string) else cast(observed_at as string) end)
            as opened_key,
        max(case when not stays_firing then next_observed_at end) as resolved_at,
        max(case when is_history_start then 1 else 0 end) = 1 as is_opened_earlier,
        max(case when not was_firing then alert_id end) as alert_id,
        max(case when rank_from_last = 1 then severity end) as severity,
        max(case when rank_from_last = 1 then schedule_id end) as schedule_id,
        max(case when rank_from_last = 1 then detail end) as detail,
        max(case when rank_from_last = 1 then run_id end) as run_id,
        max(case when not stays_firing and is_next_judged then 1 else 0 end) = 1 as is_well_again,
        max(last_checked_at) as last_checked_at,
        max(case when rank_from_last = 1 then dollars_at_stake end) as dollars_at_stake,
        max(case when rank_from_last = 1 then value end) as value,
        max(case when rank_from_last = 1 then threshold end) as threshold

    from firing

    group by alert_type, page_name, week_start, episode

),

named as (

    select
        *,
        coalesce(alert_id, {{ content_hash(['alert_type', 'page_name', 'opened_key']) }}) as shown_id

    from episodes

),

-- An alert that is older than the history begins where the history does, and has another id each day: what
-- was done while it held is about it too. Of an alert's rows the latest acknowledgement comes first.
marked as (

    select
        named.*,
        case when marks.mark = 'acknowledged' then marks.marked_by end as acknowledged_by,
        case when marks.mark = 'acknowledged' then marks.note end as acknowledgement_note,
        {% for mark, column in [
            ('acknowledged', 'acknowledged_at'), ('webhook', 'webhook_sent_at'), ('mail', 'mail_sent_at')
        ] -%}
        max(case when marks.mark = '{{ mark }}' then marks.marked_at end) over (
            partition by named.shown_id, named.opened_at
        ) as {{ column }},
        {% endfor -%}
        row_number() over (
            partition by named.shown_id, named.opened_at
            order by
                case when marks.mark = 'acknowledged' then 0 else 1 end,
                marks.marked_at desc,
                marks.mark_id desc
        ) as mark_rank

    from named

    left join marks
        on
            named.alert_type = marks.alert_type
            and (
                named.shown_id = marks.alert_id
                or (
                    named.is_opened_earlier
                    and coalesce(named.page_name, '') = coalesce(marks.page_name, '')
                    and coalesce(cast(named.week_start as string), '')
                    = coalesce(cast(marks.week_start as string), '')
                    and named.opened_at <= marks.as_of
                    and (named.resolved_at is null or marks.as_of < named.resolved_at)
                )
            )

),

shown as (

    select
        marked.shown_id as alert_id,
        marked.alert_type,
        coalesce(types.severity, marked.severity) as severity,
        types.title,
        types.action,
        marked.page_name,
        pages.platform,
        marked.week_start,
        marked.schedule_id,
        marked.value,
        marked.threshold,
        case
            when marked.detail is not null then marked.detail
            when marked.value is null then 'No valid message at all.'
            else
                concat(
                    types.measure, ': ', {{ number_text('round(marked.value, 4)') }},
                    ', threshold ', {{ number_text('marked.threshold') }}, '.'
                )
        end as detail,
        marked.opened_at,
        marked.resolved_at,
        marked.resolved_at is null as is_open,
        case
            when marked.resolved_at is null then 'open'
            when marked.is_well_again then 'resolved'
            else 'not_judged'
        end as status,
        marked.last_checked_at,
        marked.dollars_at_stake,
        marked.is_opened_earlier,
        marked.run_id,
        marked.acknowledged_at,
        marked.acknowledged_by,
        marked.acknowledgement_note,
        marked.webhook_sent_at,
        marked.mail_sent_at

    from marked

    left join types on marked.alert_type = types.alert_type

    left join pages on marked.page_name = pages.page_name

    where marked.mark_rank = 1

)

select * from shown
