with

parts as (

    select * from {{ ref('int_eros_parts') }}

),

benchmarks as (

    select * from {{ ref('eros_benchmarks') }}

),

pages as (

    select * from {{ ref('int_pages') }}

),

known as (

    select * from {{ ref('int_known_until') }}

),

ages as (

    {{ spine_integers(0, var('eros_history_days') - 1) }}

),

rated as (

    select
        parts.*,
        {{ safe_ratio('parts.executed_count', 'parts.scheduled_count') }} as execution_rate,
        {{ safe_ratio('parts.caption_count', 'parts.message_count') }} as caption_diversity,
        benchmarks.rps_floor,
        benchmarks.rps_target

    from parts

    left join benchmarks on parts.creator_tier = benchmarks.creator_tier

),

components as (

    select
        *,
        case
            when revenue_per_send > 0
                then
                    greatest(
                        0,
                        least(1, ln(revenue_per_send / rps_floor) / ln(rps_target / rps_floor))
                    )
            else 0
        end as rps_component,
        cast(
            coalesce({{ piecewise_linear('conversion_rate', var('eros_conversion_points')) }}, 0)
            as {{ float_type() }}
        ) as conversion_component,
        execution_rate as execution_component,
        coalesce(caption_diversity, 0) as diversity_component,
        execution_rate is not null as is_execution_known

    from rated

),

-- The weight of an execution nobody knows is shared among the other parts in proportion.
scored as (

    select
        *,
        100 * (
            {{ var('eros_rps_weight') }} * rps_component
            + {{ var('eros_conversion_weight') }} * conversion_component
            + {{ var('eros_execution_weight') }} * coalesce(execution_component, 0)
            + {{ var('eros_diversity_weight') }} * diversity_component
        ) * case
            when is_execution_known then 1
            else
                cast({{ eros_weight_sum() }} as {{ float_type() }})
                / {{ eros_weight_sum(known=true) }}
        end as eros_score

    from components

),

-- The score trend_days before: unknown, not 0, when either window is without a message.
compared as (

    select
        scored.*,
        case
            when scored.message_count > 0 and before.message_count > 0 then before.eros_score
        end as eros_score_before

    from scored

    left join scored as before
        on
            scored.page_name = before.page_name
            and scored.window_days = before.window_days
            and scored.days_back + {{ var('trend_days') }} = before.days_back

    where scored.days_back < {{ var('eros_history_days') }}

),

banded as (

    select
        page_name,
        score_date,
        window_days,
        creator_tier,
        avg_daily_revenue,
        message_count,
        caption_count,
        scheduled_count,
        executed_count,
        weighted_revenue_earnings,
        weighted_revenue_recipients,
        weighted_conversion_purchases,
        weighted_conversion_views,
        revenue_per_send,
        conversion_rate,
        execution_rate,
        caption_diversity,
        rps_component,
        conversion_component,
        execution_component,
        diversity_component,
        is_execution_known,
        eros_score,
        {{ eros_band('eros_score') }} as eros_band,
        eros_score_before,
        eros_score - eros_score_before as eros_score_change,
        {{ eros_trend('eros_score - eros_score_before') }} as eros_trend,
        days_back

    from compared

),

-- Days that no load covers yet have the score of the last one that is known.
unknown_dates as (

    select
        known.page_name,
        {{ add_days('known.as_of_local_date', '-ages.spine_number') }} as score_date

    from known

    inner join ages on known.unknown_days > ages.spine_number

),

{% set figures = [
    'window_days', 'creator_tier', 'avg_daily_revenue', 'message_count', 'caption_count', 'scheduled_count',
    'executed_count', 'weighted_revenue_earnings', 'weighted_revenue_recipients',
    'weighted_conversion_purchases', 'weighted_conversion_views', 'revenue_per_send', 'conversion_rate',
    'execution_rate', 'caption_diversity', 'rps_component', 'conversion_component', 'execution_component',
    'diversity_component', 'is_execution_known', 'eros_score', 'eros_band', 'eros_score_before',
    'eros_score_change', 'eros_trend',
] %}

dated as (

    select
        page_name,
        score_date,
        score_date as counted_date,
        {{ figures | join(',\n        ') }}

    from banded

    union all

    select
        banded.page_name,
        unknown_dates.score_date,
        banded.score_date as counted_date,
        banded.{{ figures | join(',\n        banded.') }}

    from banded

    inner join unknown_dates on banded.page_name = unknown_dates.page_name

    where banded.days_back = 0

),

described as (

    select
        dated.*,
        coalesce(pages.is_active, false) as is_active

    from dated

    left join pages on dated.page_name = pages.page_name

)

select * from described
