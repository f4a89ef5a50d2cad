-- One row per page and local date that is scored or compared with: volume, revenue a day, tier and health
-- as of the end of that date (the latest: the last one that the page's loads cover).

{% set days_needed = [
    var('lookback_days'), var('health_base_days'), var('present_volume_days'),
] | max %}

with

page_dates as (

    select * from {{ ref('int_page_dates') }}

    where days_back < {{ var('eros_history_days') + var('trend_days') }}

),

page_days as (

    select * from {{ ref('int_page_days') }}

),

ages as (

    {{ spine_integers(0, var('health_base_days') - 1) }}

),

-- Silent days count: every day since the first valid message weighs below the line.
day_weights as (

    select
        spine_number as last_day,
        sum({{ decay_weight('spine_number') }}) over (
            order by spine_number
            rows between unbounded preceding and current row
        ) as weight_sum

    from ages

),

aged_days as (

    select
        page_dates.page_name,
        page_dates.score_date,
        {{ days_between('page_dates.score_date', 'page_days.local_date') }} as days_before,
        page_days.message_count,
        page_days.usable_message_count,
        page_days.earnings

    from page_dates

    inner join page_days
        on
            page_dates.page_name = page_days.page_name
            and page_days.local_date <= page_dates.score_date
            and page_days.local_date > {{ add_days('page_dates.score_date', -days_needed) }}

),

weighed_days as (

    select
        *,
        {{ decay_weight('days_before') }} * earnings as weighted_earnings

    from aged_days

),

counted as (

    select
        page_name,
        score_date,
        sum(case when days_before < {{ var('lookback_days') }} then message_count else 0 end) as message_count,
        sum(case when days_before < {{ var('lookback_days') }} then usable_message_count else 0 end)
            as usable_message_count,
        sum(case when days_before < {{ var('present_volume_days') }} then message_count else 0 end)
            as present_message_count,
        sum(case when days_before < {{ var('health_recent_days') }} then weighted_earnings else 0 end)
            as recent_earnings,
        sum(case when days_before < {{ var('health_base_days') }} then weighted_earnings else 0 end)
            as base_earnings

    from weighed_days

    group by page_name, score_date

),

last_days as (

    select
        page_dates.page_name,
        page_dates.score_date,
        max(page_days.local_date) as last_date

    from page_dates

    inner join page_days
        on
            page_dates.page_name = page_days.page_name
            and page_days.local_date <= page_dates.score_date

    group by page_dates.page_name, page_dates.score_date

),

compared as (

    select
        page_dates.*,
        {{ days_between('page_dates.score_date', 'last_days.last_date') }} as last_valid_days_ago,
        coalesce(counted.message_count, 0) as message_count,
        coalesce(counted.usable_message_count, 0) as usable_message_count,
        coalesce(counted.present_message_count, 0) as present_message_count,
        {{ safe_ratio('coalesce(counted.recent_earnings, 0)', 'recent_weights.weight_sum') }}
            as recent_daily_revenue,
        {{ safe_ratio('coalesce(counted.base_earnings, 0)', 'base_weights.weight_sum') }} as base_daily_revenue

    from page_dates

    left join counted
        on
            page_dates.page_name = counted.page_name
            and page_dates.score_date = counted.score_date

    left join last_days
        on
            page_dates.page_name = last_days.page_name
            and page_dates.score_date = last_days.score_date

    left join day_weights as recent_weights
        on
            case
                when page_dates.first_valid_days_ago > {{ var('health_recent_days') - 1 }}
                    then {{ var('health_recent_days') - 1 }}
                else page_dates.first_valid_days_ago
            end = recent_weights.last_day

    left join day_weights as base_weights
        on
            case
                when page_dates.first_valid_days_ago > {{ var('health_base_days') - 1 }}
                    then {{ var('health_base_days') - 1 }}
                else page_dates.first_valid_days_ago
            end = base_weights.last_day

),

rated as (

    select
        *,
        {{ safe_ratio('recent_daily_revenue', 'base_daily_revenue') }} as health_ratio

    from compared

),

-- Too short a history, or no revenue to compare, says nothing about a trend.
judged as (

    select
        page_name,
        score_date,
        days_back,
        first_valid_days_ago,
        last_valid_days_ago,
        cast(message_count as int64) as message_count,
        cast(usable_message_count as int64) as usable_message_count,
        cast(present_message_count as int64) as present_message_count,
        present_message_count * 7 / cast({{ var('present_volume_days') }} as {{ float_type() }})
            as present_weekly_volume,
        avg_daily_revenue,
        creator_tier,
        recent_daily_revenue,
        base_daily_revenue,
        health_ratio,
        case
            when health_ratio is null or first_valid_days_ago < {{ var('health_base_days') - 1 }} then 'STABLE'
            when health_ratio >= {{ var('health_growing') }} then 'GROWING'
            when health_ratio <= {{ var('health_declining') }} then 'DECLINING'
            else 'STABLE'
        end as health_status

    from rated

)

select * from judged
