-- One row per active page and date of the history, from its first valid message on: what the alerts look
-- at, as of the end of that date (the latest: as of as_of).

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

-- Messages arrive in loads, days late: a day after the last one is not known to be a bad one.
known as (

    select max(local_date) as known_date from page_days

),

grid as (

    select
        page_dates.page_name,
        page_dates.score_date,
        page_dates.days_back,
        page_dates.first_valid_days_ago,
        case
            when page_dates.days_back = 0 then {{ as_of() }}
            else {{ to_utc('cast(' ~ add_days('page_dates.score_date', 1) ~ ' as datetime)', 'pages.timezone') }}
        end as observed_at,
        page_dates.days_back > 0 and page_dates.score_date <= known.known_date as is_whole_day

    from page_dates

    inner join pages on page_dates.page_name = pages.page_name

    cross join known

),

aged_days as (

    select
        grid.page_name,
        grid.score_date,
        {{ days_between('grid.score_date', 'page_days.local_date') }} < {{ recent }} as is_recent,
        page_days.earnings,
        page_days.purchased_count,
        page_days.conversion_purchased_count,
        page_days.conversion_viewed_count

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
        sum(case when is_recent then 0 else purchased_count end) as base_purchased_count,
        sum(case when is_recent then conversion_purchased_count else 0 end) as recent_purchases,
        sum(case when is_recent then conversion_viewed_count else 0 end) as recent_views,
        sum(case when is_recent then 0 else conversion_purchased_count end) as base_purchases,
        sum(case when is_recent then 0 else conversion_viewed_count end) as base_views

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
        base_purchased_count * {{ recent }} / {{ base }} as usual_purchases

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
        rated.usual_purchases

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
