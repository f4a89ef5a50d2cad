with

pages as (

    select * from {{ ref('int_pages') }}

),

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

page_days as (

    select * from {{ ref('int_page_days') }}

),

page_dates as (

    select * from {{ ref('int_page_dates') }}

),

days_back as (

    {{ spine_integers(0, var('health_base_days') - 1) }}

),

day_weights as (

    select
        spine_number as days_ago,
        {{ decay_weight('spine_number') }} as weight

    from days_back

),

aged_days as (

    select
        pages.page_name,
        {{ days_between('pages.as_of_local_date', 'page_days.local_date') }} as days_ago,
        page_days.message_count,
        page_days.usable_message_count,
        page_days.earnings

    from pages

    inner join page_days on pages.page_name = page_days.page_name

),

counted as (

    select
        page_name,
        max(days_ago) as first_valid_days_ago,
        min(days_ago) as last_valid_days_ago,
        sum(case when days_ago < {{ var('lookback_days') }} then message_count else 0 end) as message_count,
        sum(case when days_ago < {{ var('lookback_days') }} then usable_message_count else 0 end)
            as usable_message_count,
        sum(case when days_ago < {{ var('present_volume_days') }} then message_count else 0 end)
            as present_message_count,
        sum(
            case
                when days_ago < {{ var('health_recent_days') }}
                    then {{ decay_weight('days_ago') }} * earnings
                else 0
            end
        ) as recent_earnings,
        sum(
            case
                when days_ago < {{ var('health_base_days') }}
                    then {{ decay_weight('days_ago') }} * earnings
                else 0
            end
        ) as base_earnings

    from aged_days

    group by page_name

),

-- Silent days count: every day since the first valid message weighs below the line.
weighed as (

    select
        counted.page_name,
        sum(case when day_weights.days_ago < {{ var('health_recent_days') }} then day_weights.weight else 0 end)
            as recent_weight,
        sum(day_weights.weight) as base_weight

    from counted

    inner join day_weights on counted.first_valid_days_ago >= day_weights.days_ago

    group by counted.page_name

),

compared as (

    select
        counted.*,
        {{ safe_ratio('counted.recent_earnings', 'weighed.recent_weight') }} as recent_daily_revenue,
        {{ safe_ratio('counted.base_earnings', 'weighed.base_weight') }} as base_daily_revenue

    from counted

    left join weighed on counted.page_name = weighed.page_name

),

ranked_audiences as (

    select
        page_name,
        sent_count,
        sum(weight) over (
            partition by page_name
            order by sent_count, message_key
            rows between unbounded preceding and current row
        ) as weight_so_far,
        sum(weight) over (partition by page_name) as weight_sum

    from messages

    where is_usable and is_priced and is_in_window

),

audiences as (

    select
        page_name,
        min(sent_count) as audience_median

    from ranked_audiences

    where weight_so_far >= 0.5 * weight_sum

    group by page_name

),

last_messages as (

    select
        page_name,
        max(sent_at) as last_valid_sent_at

    from messages

    group by page_name

),

joined as (

    select
        pages.page_name,
        cast(coalesce(counted.message_count, 0) as int64) as message_count,
        cast(coalesce(counted.usable_message_count, 0) as int64) as usable_message_count,
        cast(coalesce(counted.present_message_count, 0) as int64) as message_count_28d,
        coalesce(counted.present_message_count, 0) * 7
        / cast({{ var('present_volume_days') }} as {{ float_type() }}) as present_weekly_volume,
        page_dates.avg_daily_revenue,
        page_dates.creator_tier,
        counted.recent_daily_revenue,
        counted.base_daily_revenue,
        {{ safe_ratio('counted.recent_daily_revenue', 'counted.base_daily_revenue') }} as health_ratio,
        cast(audiences.audience_median as {{ float_type() }}) as audience_median,
        counted.first_valid_days_ago,
        counted.last_valid_days_ago,
        last_messages.last_valid_sent_at

    from pages

    inner join page_dates
        on
            pages.page_name = page_dates.page_name
            and pages.as_of_local_date = page_dates.score_date

    left join compared as counted on pages.page_name = counted.page_name

    left join audiences on pages.page_name = audiences.page_name

    left join last_messages on pages.page_name = last_messages.page_name

),

-- Too short a history, or no revenue to compare, says nothing about a trend.
judged as (

    select
        *,
        case
            when health_ratio is null or first_valid_days_ago < {{ var('health_base_days') - 1 }} then 'STABLE'
            when health_ratio >= {{ var('health_growing') }} then 'GROWING'
            when health_ratio <= {{ var('health_declining') }} then 'DECLINING'
            else 'STABLE'
        end as health_status

    from joined

)

select * from judged
