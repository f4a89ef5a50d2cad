with

dates as (

    select * from {{ ref('int_page_dates') }}

    where days_back < {{ var('replay_days') }}

),

listed as (

    select
        page_name,
        score_date,
        days_back as days_ago,
        avg_daily_revenue,
        creator_tier

    from dates

)

select * from listed
