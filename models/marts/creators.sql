{{ config(materialized='view') }}

with

pages as (

    select * from {{ ref('int_pages') }}

),

performance as (

    select * from {{ ref('creator_performance') }}

),

quality as (

    select * from {{ ref('data_quality') }}

),

scores as (

    select * from {{ ref('eros_scores') }}

    where window_days = {{ var('eros_main_window') }}

),

changes as (

    select * from {{ ref('creator_changes') }}

),

curves as (

    select * from {{ ref('creator_curves') }}

),

skills as (

    select * from {{ ref('stg_model_skill') }}

),

corrections as (

    select * from {{ ref('forecast_corrections') }}

),

agency_skill as (

    select max(value) as model_skill from skills

    where metric = 'skill' and scope = 'agency'

),

volumes as (

    select
        page_name,
        max(case when curve = 'optimal_volume' then estimate end) as optimal_weekly_volume,
        max(case when curve = 'optimal_volume' then low end) as optimal_weekly_volume_low,
        max(case when curve = 'optimal_volume' then high end) as optimal_weekly_volume_high,
        max(case when curve = 'volume' then x_value end) as largest_weekly_volume

    from curves

    group by page_name

),

prime_hours as (

    select
        page_name,
        string_agg(case when is_prime then cast(cast(x_value as int64) as string) end, ',' order by rank)
            as prime_hours,
        string_agg(case when has_evidence then cast(cast(x_value as int64) as string) end, ',' order by rank)
            as evidence_hours

    from curves

    where curve = 'hour'

    group by page_name

),

joined as (

    select
        pages.page_name,
        pages.timezone,
        pages.is_timezone_default,
        pages.timezone_given,
        pages.platform,
        pages.is_active,
        pages.has_vault,
        performance.usable_message_count,
        performance.message_count_28d,
        performance.present_weekly_volume,
        performance.avg_daily_revenue,
        performance.creator_tier,
        performance.health_ratio,
        performance.health_status,
        volumes.optimal_weekly_volume,
        volumes.optimal_weekly_volume_low,
        volumes.optimal_weekly_volume_high,
        volumes.largest_weekly_volume,
        case
            when volumes.optimal_weekly_volume is null then null
            when
                performance.present_weekly_volume
                < {{ var('saturation_under') }} * volumes.optimal_weekly_volume
                then 'UNDERSATURATED'
            when
                performance.present_weekly_volume
                > {{ var('saturation_over') }} * volumes.optimal_weekly_volume
                then 'OVERSATURATED'
            else 'OPTIMAL'
        end as saturation_status,
        quality.data_quality_score,
        scores.eros_score,
        scores.eros_band,
        agency_skill.model_skill,
        {{ confidence(
            'coalesce(performance.usable_message_count, 0)', 'coalesce(quality.data_quality_score, 0)',
            'agency_skill.model_skill', 'performance.creator_tier',
        ) }} as confidence_score,
        prime_hours.prime_hours,
        prime_hours.evidence_hours,
        performance.audience_median,
        performance.last_valid_sent_at,
        corrections.forecast_week_count,
        corrections.forecast_factor,
        corrections.forecast_agency_deviation,
        changes.avg_daily_revenue_before,
        changes.creator_tier_before,
        changes.health_ratio_before,
        changes.health_status_before,
        changes.eros_score_before,
        changes.eros_trend,
        changes.data_quality_score_before,
        changes.weekly_volume_before,
        changes.change_status,
        changes.change_summary

    from pages

    left join performance on pages.page_name = performance.page_name

    left join quality on pages.page_name = quality.page_name

    left join scores
        on
            pages.page_name = scores.page_name
            and pages.as_of_local_date = scores.score_date

    left join changes on pages.page_name = changes.page_name

    left join volumes on pages.page_name = volumes.page_name

    left join prime_hours on pages.page_name = prime_hours.page_name

    left join corrections on pages.page_name = corrections.page_name

    cross join agency_skill

)

select * from joined
