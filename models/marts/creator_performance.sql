with

pages as (

    select * from {{ ref('int_pages') }}

),

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

standing as (

    select * from {{ ref('int_page_standing') }}

    where days_back = 0

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

    where is_usable and is_priced and is_in_window and {{ sent_since(var('lookback_days')) }}

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
        standing.message_count,
        standing.usable_message_count,
        standing.present_message_count as message_count_28d,
        standing.present_weekly_volume,
        standing.avg_daily_revenue,
        standing.creator_tier,
        standing.recent_daily_revenue,
        standing.base_daily_revenue,
        standing.health_ratio,
        cast(audiences.audience_median as {{ float_type() }}) as audience_median,
        standing.first_valid_days_ago,
        standing.last_valid_days_ago,
        last_messages.last_valid_sent_at,
        standing.health_status

    from pages

    inner join standing on pages.page_name = standing.page_name

    left join audiences on pages.page_name = audiences.page_name

    left join last_messages on pages.page_name = last_messages.page_name

)

select * from joined
