-- One row per kind of alert, what it is about, and moment at which it was looked at. A view: a run's word
-- counts as soon as it is logged.

{{ config(materialized='view') }}

with

page_checks as (

    select * from {{ ref('int_page_checks') }}

),

scores as (

    select * from {{ ref('eros_scores') }}

    where window_days = {{ var('eros_main_window') }}

),

runs as (

    select * from {{ ref('batch_executions') }}

    where as_of <= {{ as_of() }}

),

trainings as (

    select * from {{ source('operations', 'model_skill') }}

    where
        as_of <= {{ as_of() }}
        and scope = 'agency'
        and metric = 'skill'

),

run_checks as (

    select * from {{ ref('int_run_checks') }}

),

known as (

    select * from {{ ref('int_known_until') }}

),

pages as (

    select * from {{ ref('int_pages') }}

    where is_active

),

revenues as (

    select
        page_name,
        avg_daily_revenue

    from page_checks

    where days_back = 0

),

agency as (

    select sum(avg_daily_revenue) as avg_daily_revenue from revenues

),

-- Of the page that has waited longest.
last_load as (

    select
        max(known.unknown_days) as unknown_days,
        min(known.known_date) as known_date,
        count(*) as page_count

    from known

    inner join pages on known.page_name = pages.page_name

),

scored_checks as (

    select
        page_checks.*,
        scores.eros_score

    from page_checks

    inner join scores
        on
            page_checks.page_name = scores.page_name
            and page_checks.score_date = scores.score_date

),

-- The last day is not whole yet and judges nothing; a whole one that can't be judged ends what was.
compared_checks as (

    select * from scored_checks

    where days_back > 0 or revenue_ratio is not null or conversion_ratio is not null

),

measured as (

    select
        'data_stale' as alert_type,
        page_name,
        score_date,
        observed_at,
        days_back,
        cast(last_valid_days_ago as {{ float_type() }}) as value,
        cast({{ var('alert_stale_days') }} as {{ float_type() }}) as threshold,
        coalesce(last_valid_days_ago >= {{ var('alert_stale_days') }}, true) as is_firing,
        true as is_judged,
        avg_daily_revenue * 7 as dollars_at_stake
    from scored_checks

    union all

    select
        'data_quality_low' as alert_type,
        page_name,
        score_date,
        observed_at,
        days_back,
        data_quality_score as value,
        cast({{ var('alert_data_quality') }} as {{ float_type() }}) as threshold,
        data_quality_score < {{ var('alert_data_quality') }} as is_firing,
        true as is_judged,
        avg_daily_revenue * 7 as dollars_at_stake
    from scored_checks

    union all

    select
        'eros_score_low' as alert_type,
        page_name,
        score_date,
        observed_at,
        days_back,
        eros_score as value,
        cast({{ var('alert_eros_score') }} as {{ float_type() }}) as threshold,
        eros_score < {{ var('alert_eros_score') }} as is_firing,
        true as is_judged,
        avg_daily_revenue * 7 as dollars_at_stake
    from scored_checks

    union all

    select
        'revenue_down' as alert_type,
        page_name,
        score_date,
        observed_at,
        days_back,
        revenue_ratio as value,
        cast({{ 1 - var('alert_revenue_drop') }} as {{ float_type() }}) as threshold,
        coalesce(
            revenue_ratio <= {{ 1 - var('alert_revenue_drop') }}
            and usual_purchases >= {{ var('alert_min_purchases') }},
            false
        ) as is_firing,
        revenue_ratio is not null
        and coalesce(usual_purchases >= {{ var('alert_min_purchases') }}, false) as is_judged,
        case when revenue_ratio < 1 then (1 - revenue_ratio) * usual_daily_revenue * 7 else 0 end
            as dollars_at_stake
    from compared_checks

    union all

    select
        'conversion_down' as alert_type,
        page_name,
        score_date,
        observed_at,
        days_back,
        conversion_ratio as value,
        cast({{ var('alert_conversion_share') }} as {{ float_type() }}) as threshold,
        coalesce(
            conversion_ratio < {{ var('alert_conversion_share') }}
            and expected_purchases >= {{ var('alert_min_purchases') }},
            false
        ) as is_firing,
        conversion_ratio is not null
        and coalesce(expected_purchases >= {{ var('alert_min_purchases') }}, false) as is_judged,
        case when conversion_ratio < 1 then (1 - conversion_ratio) * usual_daily_revenue * 7 else 0 end
            as dollars_at_stake
    from compared_checks

),

listed as (

    select
        alert_type,
        page_name,
        cast(null as date) as week_start,
        score_date as checked_date,
        observed_at,
        cast(null as timestamp) as logged_at,
        cast(null as string) as checked_by,
        false as is_closing,
        days_back = {{ var('eros_history_days') - 1 }} as is_history_start,
        is_firing,
        is_judged,
        value,
        threshold,
        cast(dollars_at_stake as {{ float_type() }}) as dollars_at_stake
    from measured

    union all

    select
        'load_overdue' as alert_type,
        cast(null as string) as page_name,
        cast(null as date) as week_start,
        last_load.known_date as checked_date,
        case
            when last_load.unknown_days > {{ var('alert_load_days') }}
                then cast({{ add_days('last_load.known_date', var('alert_load_days') + 1) }} as timestamp)
            else {{ as_of() }}
        end as observed_at,
        cast(null as timestamp) as logged_at,
        cast(null as string) as checked_by,
        false as is_closing,
        false as is_history_start,
        last_load.unknown_days > {{ var('alert_load_days') }} as is_firing,
        true as is_judged,
        cast(last_load.unknown_days as {{ float_type() }}) as value,
        cast({{ var('alert_load_days') }} as {{ float_type() }}) as threshold,
        cast(agency.avg_daily_revenue * 7 as {{ float_type() }}) as dollars_at_stake
    from last_load
    cross join agency
    where last_load.page_count > 0

    union all

    select
        'batch_failures' as alert_type,
        cast(null as string) as page_name,
        cast(null as date) as week_start,
        cast(runs.as_of as date) as checked_date,
        runs.as_of as observed_at,
        runs.finished_at as logged_at,
        runs.run_id as checked_by,
        false as is_closing,
        false as is_history_start,
        coalesce(runs.failure_rate > {{ var('alert_failure_rate') }}, false) as is_firing,
        true as is_judged,
        runs.failure_rate as value,
        cast({{ var('alert_failure_rate') }} as {{ float_type() }}) as threshold,
        cast(runs.failure_rate * agency.avg_daily_revenue * 7 as {{ float_type() }}) as dollars_at_stake
    from runs
    cross join agency

    union all

    select
        'model_skill_low' as alert_type,
        cast(null as string) as page_name,
        cast(null as date) as week_start,
        cast(trainings.as_of as date) as checked_date,
        trainings.as_of as observed_at,
        trainings.trained_at as logged_at,
        trainings.training_hash as checked_by,
        false as is_closing,
        false as is_history_start,
        coalesce(trainings.value < {{ var('alert_model_skill') }}, false) as is_firing,
        true as is_judged,
        trainings.value,
        cast({{ var('alert_model_skill') }} as {{ float_type() }}) as threshold,
        cast(agency.avg_daily_revenue * 7 as {{ float_type() }}) as dollars_at_stake
    from trainings
    cross join agency

    union all

    select
        run_checks.alert_type,
        run_checks.page_name,
        run_checks.week_start,
        cast(run_checks.observed_at as date) as checked_date,
        run_checks.observed_at,
        run_checks.finished_at as logged_at,
        run_checks.run_id as checked_by,
        run_checks.is_closing,
        false as is_history_start,
        run_checks.is_firing,
        true as is_judged,
        run_checks.value,
        run_checks.threshold,
        cast(revenues.avg_daily_revenue * 7 as {{ float_type() }}) as dollars_at_stake
    from run_checks
    left join revenues on run_checks.page_name = revenues.page_name

),

numbered as (

    select
        *,
        row_number() over (
            partition by alert_type, page_name, week_start
            order by observed_at, is_closing, logged_at, checked_by
        ) as check_number

    from listed

)

select * from numbered
