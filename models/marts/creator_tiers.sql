with

dates as (

    select * from {{ ref('int_page_dates') }}

),

known as (

    select * from {{ ref('int_known_until') }}

),

ages as (

    {{ spine_integers(0, var('replay_days') - 1) }}

),

-- On a day that no load covers yet a page is of the tier of the last one that is known.
listed as (

    select
        known.page_name,
        {{ add_days('known.as_of_local_date', '-ages.spine_number') }} as score_date,
        ages.spine_number as days_ago,
        dates.avg_daily_revenue,
        dates.creator_tier

    from known

    cross join ages

    inner join dates
        on
            known.page_name = dates.page_name
            and greatest(ages.spine_number - known.unknown_days, 0) = dates.days_back

)

select * from listed
