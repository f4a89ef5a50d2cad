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
-- was done while it held is about it too.
marked as (

    select
        named.shown_id,
        marks.mark,
        marks.marked_at,
        marks.marked_by,
        marks.note,
        row_number() over (
            partition by named.shown_id, marks.mark
            order by marks.marked_at desc, marks.mark_id desc
        ) as rank_from_last

    from named

    inner join marks
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

done as (

    select
        shown_id,
        max(case when mark = 'acknowledged' then marked_at end) as acknowledged_at,
        max(case when mark = 'acknowledged' and rank_from_last = 1 then marked_by end) as acknowledged_by,
        max(case when mark = 'acknowledged' and rank_from_last = 1 then note end) as acknowledgement_note,
        max(case when mark = 'webhook' then marked_at end) as webhook_sent_at,
        max(case when mark = 'mail' then marked_at end) as mail_sent_at

    from marked

    group by shown_id

),

shown as (

    select
        named.shown_id as alert_id,
        named.alert_type,
        coalesce(types.severity, named.severity) as severity,
        types.title,
        types.action,
        named.page_name,
        pages.platform,
        named.week_start,
        named.schedule_id,
        named.value,
        named.threshold,
        case
            when named.detail is not null then named.detail
            when named.value is null then 'No valid message at all.'
            else
                concat(
                    types.measure, ': ', {{ number_text('round(named.value, 4)') }},
                    ', threshold ', {{ number_text('named.threshold') }}, '.'
                )
        end as detail,
        named.opened_at,
        named.resolved_at,
        named.resolved_at is null as is_open,
        case
            when named.resolved_at is null then 'open'
            when named.is_well_again then 'resolved'
            else 'not_judged'
        end as status,
        named.last_checked_at,
        named.dollars_at_stake,
        named.is_opened_earlier,
        named.run_id,
        done.acknowledged_at,
        done.acknowledged_by,
        done.acknowledgement_note,
        done.webhook_sent_at,
        done.mail_sent_at

    from named

    left join types on named.alert_type = types.alert_type

    left join pages on named.page_name = pages.page_name

    left join done on named.shown_id = done.shown_id

)

select * from shown
