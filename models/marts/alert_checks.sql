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

measured as (

    select
        'data_stale' as alert_type,
        page_name,
        observed_at,
        days_back,
        cast(last_valid_days_ago as {{ float_type() }}) as value,
        cast({{ var('alert_stale_days') }} as {{ float_type() }}) as threshold,
        coalesce(last_valid_days_ago >= {{ var('alert_stale_days') }}, true) as is_firing
    from scored_checks

    union all

    select
        'data_quality_low' as alert_type,
        page_name,
        observed_at,
        days_back,
        data_quality_score as value,
        cast({{ var('alert_data_quality') }} as {{ float_type() }}) as threshold,
        data_quality_score < {{ var('alert_data_quality') }} as is_firing
    from scored_checks

    union all

    select
        'eros_score_low' as alert_type,
        page_name,
        observed_at,
        days_back,
        eros_score as value,
        cast({{ var('alert_eros_score') }} as {{ float_type() }}) as threshold,
        eros_score < {{ var('alert_eros_score') }} as is_firing
    from scored_checks

    union all

    select
        'revenue_down' as alert_type,
        page_name,
        observed_at,
        days_back,
        revenue_ratio as value,
        cast({{ 1 - var('alert_revenue_drop') }} as {{ float_type() }}) as threshold,
        revenue_ratio <= {{ 1 - var('alert_revenue_drop') }} as is_firing
    from scored_checks
    where revenue_ratio is not null and usual_purchases >= {{ var('alert_min_purchases') }}

    union all

    select
        'conversion_down' as alert_type,
        page_name,
        observed_at,
        days_back,
        conversion_ratio as value,
        cast({{ var('alert_conversion_share') }} as {{ float_type() }}) as threshold,
        conversion_ratio < {{ var('alert_conversion_share') }} as is_firing
    from scored_checks
    where conversion_ratio is not null and expected_purchases >= {{ var('alert_min_purchases') }}

),

listed as (

    select
        alert_type,
        page_name,
        cast(null as date) as week_start,
        observed_at,
        cast(null as timestamp) as logged_at,
        cast(null as string) as checked_by,
        false as is_closing,
        days_back = {{ var('eros_history_days') - 1 }} as is_history_start,
        is_firing,
        value,
        threshold
    from measured

    union all

    select
        'batch_failures' as alert_type,
        cast(null as string) as page_name,
        cast(null as date) as week_start,
        as_of as observed_at,
        finished_at as logged_at,
        run_id as checked_by,
        false as is_closing,
        false as is_history_start,
        coalesce(failure_rate > {{ var('alert_failure_rate') }}, false) as is_firing,
        failure_rate as value,
        cast({{ var('alert_failure_rate') }} as {{ float_type() }}) as threshold
    from runs

    union all

    select
        'model_skill_low' as alert_type,
        cast(null as string) as page_name,
        cast(null as date) as week_start,
        as_of as observed_at,
        trained_at as logged_at,
        training_hash as checked_by,
        false as is_closing,
        false as is_history_start,
        coalesce(value < {{ var('alert_model_skill') }}, false) as is_firing,
        value,
        cast({{ var('alert_model_skill') }} as {{ float_type() }}) as threshold
    from trainings

    union all

    select
        alert_type,
        page_name,
        week_start,
        observed_at,
        finished_at as logged_at,
        run_id as checked_by,
        is_closing,
        false as is_history_start,
        is_firing,
        value,
        threshold
    from run_checks

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
