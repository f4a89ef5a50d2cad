-- One row per active page and date of the history, from its first valid message on: what the alerts look
-- at, as of the end of that date (the latest: the last one that its loads cover, or as of as_of).

{% set recent = var('alert_recent_days') %}
{% set base = var('alert_base_days') %}

with

pages as (

    select * from {{ ref('int_pages') }}

    where is_active

),

page_dates as (

    select * from {{ ref('int_page_dates') }}

    where
        days_back < {{ var('eros_history_days') }}
        and (first_valid_days_ago is not null or days_back = 0)

),

page_days as (

    select * from {{ ref('int_page_days') }}

),

qualities as (

    select * from {{ ref('int_page_quality') }}

),

known as (

    select * from {{ ref('int_known_until') }}

),

grid as (

    select
        page_dates.page_name,
        page_dates.score_date,
        page_dates.days_back,
        page_dates.first_valid_days_ago,
        page_dates.avg_daily_revenue,
        case
            when page_dates.days_back = 0 and known.unknown_days = 0 then {{ as_of() }}
            else {{ to_utc('cast(' ~ add_days('page_dates.score_date', 1) ~ ' as datetime)', 'pages.timezone') }}
        end as observed_at,
        -- the rest of the last day may still come
        page_dates.days_back > 0 as is_whole_day

    from page_dates

    inner join pages on page_dates.page_name = pages.page_name

    inner join known on page_dates.page_name = known.page_name

),

aged_days as (

    select
        grid.page_name,
        grid.score_date,
        {{ days_between('grid.score_date', 'page_days.local_date') }} < {{ recent }} as is_recent,
        page_days.earnings,
        page_days.purchases,
        page_days.conversion_purchases,
        page_days.conversion_views

    from grid

    inner join page_days
        on
            grid.page_name = page_days.page_name
            and page_days.local_date <= grid.score_date
            and page_days.local_date > {{ add_days('grid.score_date', -(recent + base)) }}

    where grid.is_whole_day and grid.first_valid_days_ago >= {{ recent + base - 1 }}

),

summed as (

    select
        page_name,
        score_date,
        sum(case when is_recent then earnings else 0 end) as recent_earnings,
        sum(case when is_recent then 0 else earnings end) as base_earnings,
        sum(case when is_recent then 0 else purchases end) as base_all_purchases,
        sum(case when is_recent then conversion_purchases else 0 end) as recent_purchases,
        sum(case when is_recent then conversion_views else 0 end) as recent_views,
        sum(case when is_recent then 0 else conversion_purchases end) as base_purchases,
        sum(case when is_recent then 0 else conversion_views end) as base_views

    from aged_days

    group by page_name, score_date

),

rated as (

    select
        page_name,
        score_date,
        {{ safe_ratio('recent_earnings * ' ~ base, 'base_earnings * ' ~ recent) }} as revenue_ratio,
        {{ safe_ratio('recent_purchases', 'recent_views') }} as recent_conversion,
        {{ safe_ratio('base_purchases', 'base_views') }} as base_conversion,
        recent_views,
        base_all_purchases * {{ recent }} / {{ base }} as usual_purchases,
        cast(base_earnings as {{ float_type() }}) / {{ base }} as usual_daily_revenue

    from summed

),

joined as (

    select
        grid.page_name,
        grid.score_date,
        grid.days_back,
        grid.observed_at,
        qualities.last_valid_days_ago,
        qualities.data_quality_score,
        rated.revenue_ratio,
        {{ safe_ratio('rated.recent_conversion', 'rated.base_conversion') }} as conversion_ratio,
        rated.base_conversion * rated.recent_views as expected_purchases,
        rated.usual_purchases,
        rated.usual_daily_revenue,
        grid.avg_daily_revenue

    from grid

    inner join qualities
        on
            grid.page_name = qualities.page_name
            and grid.days_back = qualities.days_back

    left join rated
        on
            grid.page_name = rated.page_name
            and grid.score_date = rated.score_date

)

select * from joined
