-- One row per date and window: the EROS scores of the active pages, weighted by revenue a day. Dates are
-- the pages' own; only those that every active page has reached.

with

pages as (

    select * from {{ ref('int_pages') }}

    where is_active

),

scores as (

    select * from {{ ref('eros_scores') }}

),

reached as (

    select min(as_of_local_date) as last_date from pages

),

weighted as (

    select
        scores.*,
        scores.avg_daily_revenue > 0 as has_weight,
        coalesce(scores.avg_daily_revenue, 0) as weight,
        case when scores.is_execution_known then coalesce(scores.avg_daily_revenue, 0) end as execution_weight

    from scores

    inner join pages on scores.page_name = pages.page_name

    inner join reached on scores.score_date <= reached.last_date

),

summed as (

    select
        score_date,
        window_days,
        max(counted_date) as counted_date,
        count(*) as page_count,
        count(case when has_weight then 1 end) as weighed_page_count,
        sum(weight) as avg_daily_revenue,
        {{ safe_ratio('sum(weight * rps_component)', 'sum(weight)') }} as rps_component,
        {{ safe_ratio('sum(weight * conversion_component)', 'sum(weight)') }} as conversion_component,
        {{ safe_ratio('sum(execution_weight * execution_component)', 'sum(execution_weight)') }}
            as execution_component,
        {{ safe_ratio('sum(weight * diversity_component)', 'sum(weight)') }} as diversity_component,
        {{ safe_ratio('sum(weight * eros_score)', 'sum(weight)') }} as eros_score

    from weighted

    group by score_date, window_days

),

compared as (

    select
        summed.*,
        before.eros_score as eros_score_before

    from summed

    left join summed as before
        on
            summed.window_days = before.window_days
            and {{ add_days('summed.counted_date', -var('trend_days')) }} = before.score_date

),

banded as (

    select
        score_date,
        window_days,
        page_count,
        weighed_page_count,
        avg_daily_revenue,
        rps_component,
        conversion_component,
        execution_component,
        diversity_component,
        eros_score,
        {{ eros_band('eros_score') }} as eros_band,
        eros_score_before,
        eros_score - eros_score_before as eros_score_change,
        {{ eros_trend('eros_score - eros_score_before') }} as eros_trend

    from compared

)

select * from banded
