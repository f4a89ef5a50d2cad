-- One row per run. A view: a run is there as soon as it is logged.

{{ config(materialized='view') }}

with

pages as (

    select
        *,
        outcome = 'failed' as has_failed

    from {{ ref('run_pages') }}

),

counted as (

    select
        run_id,
        min(week_start) as week_start,
        min(as_of) as as_of,
        min(started_at) as started_at,
        max(finished_at) as finished_at,
        count(*) as page_count,
        sum(case when status = 'active' then 1 else 0 end) as published_count,
        sum(case when status = 'proposed' then 1 else 0 end) as proposed_count,
        sum(case when status = 'blocked' then 1 else 0 end) as blocked_count,
        sum(case when has_failed then 1 else 0 end) as failed_count,
        sum(case when status <> 'blocked' then message_count else 0 end) as message_count,
        sum(case when status <> 'blocked' then expected_revenue else 0 end) as expected_revenue,
        sum(seconds) as page_seconds,
        max(gap) as gap_max,
        max(agency_revenue_low) as agency_revenue_low,
        max(agency_revenue_high) as agency_revenue_high

    from pages

    group by run_id

),

rated as (

    select
        run_id,
        week_start,
        as_of,
        started_at,
        finished_at,
        {{ timestamp_diff_seconds('finished_at', 'started_at') }} as seconds,
        page_seconds,
        {{ safe_ratio('page_seconds', 'page_count') }} as seconds_per_page,
        page_count,
        cast(published_count as int64) as published_count,
        cast(proposed_count as int64) as proposed_count,
        cast(blocked_count as int64) as blocked_count,
        cast(failed_count as int64) as failed_count,
        {{ safe_ratio('failed_count', 'page_count') }} as failure_rate,
        cast(message_count as int64) as message_count,
        expected_revenue,
        gap_max,
        agency_revenue_low,
        agency_revenue_high

    from counted

)

select * from rated
