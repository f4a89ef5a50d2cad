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

shown as (

    select
        coalesce(
            episodes.alert_id,
            {{ content_hash(['episodes.alert_type', 'episodes.page_name', 'episodes.opened_key']) }}
        ) as alert_id,
        episodes.alert_type,
        coalesce(types.severity, episodes.severity) as severity,
        types.title,
        types.action,
        episodes.page_name,
        pages.platform,
        episodes.week_start,
        episodes.schedule_id,
        episodes.value,
        episodes.threshold,
        case
            when episodes.detail is not null then episodes.detail
            when episodes.value is null then 'No valid message at all.'
            else
                concat(
                    types.measure, ': ', {{ number_text('round(episodes.value, 4)') }},
                    ', threshold ', {{ number_text('episodes.threshold') }}, '.'
                )
        end as detail,
        episodes.opened_at,
        episodes.resolved_at,
        episodes.resolved_at is null as is_open,
        case
            when episodes.resolved_at is null then 'open'
            when episodes.is_well_again then 'resolved'
            else 'not_judged'
        end as status,
        episodes.last_checked_at,
        episodes.dollars_at_stake,
        episodes.is_opened_earlier,
        episodes.run_id

    from episodes

    left join types on episodes.alert_type = types.alert_type

    left join pages on episodes.page_name = pages.page_name

)

select * from shown
