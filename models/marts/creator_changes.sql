with

standing as (

    select * from {{ ref('int_page_standing') }}

),

qualities as (

    select * from {{ ref('int_page_quality') }}

),

scores as (

    select * from {{ ref('eros_scores') }}

    where window_days = {{ var('eros_main_window') }}

),

compared as (

    select
        present.page_name,
        before.score_date as compared_with_date,
        present.avg_daily_revenue,
        before.avg_daily_revenue as avg_daily_revenue_before,
        present.creator_tier,
        case when before.avg_daily_revenue is not null then before.creator_tier end as creator_tier_before,
        present.health_ratio,
        before.health_ratio as health_ratio_before,
        present.health_status,
        case when before.avg_daily_revenue is not null then before.health_status end as health_status_before,
        scores.eros_score,
        scores.eros_score_before,
        scores.eros_trend,
        present_qualities.data_quality_score,
        earlier_qualities.data_quality_score as data_quality_score_before,
        present.present_weekly_volume,
        before.present_weekly_volume as weekly_volume_before

    from standing as present

    inner join standing as before
        on
            present.page_name = before.page_name
            and before.days_back = {{ var('trend_days') }}

    left join scores
        on
            present.page_name = scores.page_name
            and present.score_date = scores.score_date

    left join qualities as present_qualities
        on
            present.page_name = present_qualities.page_name
            and present.days_back = present_qualities.days_back

    left join qualities as earlier_qualities
        on
            before.page_name = earlier_qualities.page_name
            and before.days_back = earlier_qualities.days_back

    where present.days_back = 0

),

-- Each of four figures votes: 1 better, -1 worse, 0 as it was or not known.
judged as (

    select
        *,
        coalesce(sign({{ tier_rank('creator_tier') }} - {{ tier_rank('creator_tier_before') }}), 0) as tier_vote,
        coalesce(
            sign({{ health_rank('health_status') }} - {{ health_rank('health_status_before') }}), 0
        ) as health_vote,
        case eros_trend when 'RISING' then 1 when 'FALLING' then -1 else 0 end as eros_vote,
        case
            when data_quality_score - data_quality_score_before >= {{ var('quality_trend_points') }} then 1
            when data_quality_score - data_quality_score_before <= -{{ var('quality_trend_points') }} then -1
            else 0
        end as quality_vote

    from compared

),

worded as (

    select
        page_name,
        compared_with_date,
        avg_daily_revenue,
        avg_daily_revenue_before,
        creator_tier,
        creator_tier_before,
        health_ratio,
        health_ratio_before,
        health_status,
        health_status_before,
        eros_score,
        eros_score_before,
        eros_trend,
        data_quality_score,
        data_quality_score_before,
        present_weekly_volume,
        weekly_volume_before,
        case
            when avg_daily_revenue is null then 'SILENT'
            when avg_daily_revenue_before is null then 'NEW'
            when greatest(tier_vote, health_vote, eros_vote, quality_vote) <= 0
                and least(tier_vote, health_vote, eros_vote, quality_vote) >= 0
                then 'UNCHANGED'
            when least(tier_vote, health_vote, eros_vote, quality_vote) >= 0 then 'IMPROVED'
            when greatest(tier_vote, health_vote, eros_vote, quality_vote) <= 0 then 'DECLINED'
            else 'MIXED'
        end as change_status,
        case
            when avg_daily_revenue is null then 'No valid message yet.'
            when avg_daily_revenue_before is null then 'The first valid message came in these days.'
            when tier_vote = 0 and health_vote = 0 and eros_vote = 0 and quality_vote = 0
                then 'Nothing of note.'
            else
                trim(concat(
                    {{ change_words('Tier', 'tier_vote', 'creator_tier_before', 'creator_tier') }},
                    {{ change_words('Health', 'health_vote', 'health_status_before', 'health_status') }},
                    {{ change_words(
                        'EROS score', 'eros_vote',
                        number_text('round(eros_score_before, 1)'), number_text('round(eros_score, 1)'),
                    ) }},
                    {{ change_words(
                        'Data quality', 'quality_vote',
                        number_text('round(data_quality_score_before, 1)'),
                        number_text('round(data_quality_score, 1)'),
                    ) }}
                ))
        end as change_summary

    from judged

)

select * from worded
