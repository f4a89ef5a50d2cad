-- The recent days of a page against the days before. The median message shows what a total hides when one
-- big message carries it.

with

messages as (

    select * from {{ ref('int_priced_messages') }}

    where earnings is not null

),

spans as (

    select
        page_name,
        message_key,
        earnings,
        days_ago < {{ var('trend_span_days') }} as is_recent

    from messages

    where days_ago < 2 * {{ var('trend_span_days') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by page_name, is_recent
            order by earnings, message_key
        ) as earnings_rank,
        count(*) over (partition by page_name, is_recent) as message_count

    from spans

),

medians as (

    select
        page_name,
        is_recent,
        avg(earnings) as median_earnings

    from ranked

    where {{ is_median('earnings_rank', 'message_count') }}

    group by page_name, is_recent

),

totals as (

    select
        page_name,
        cast(sum(case when is_recent then 1 else 0 end) as int64) as recent_messages,
        cast(sum(case when is_recent then 0 else 1 end) as int64) as earlier_messages,
        sum(case when is_recent then earnings end) as recent_revenue,
        sum(case when is_recent then null else earnings end) as earlier_revenue,
        max(case when is_recent then earnings end) as largest_message

    from spans

    group by page_name

),

compared as (

    select
        totals.page_name,
        totals.recent_messages,
        totals.earlier_messages,
        totals.recent_revenue,
        totals.earlier_revenue,
        recent.median_earnings as recent_median,
        earlier.median_earnings as earlier_median,
        {{ safe_ratio('recent.median_earnings', 'earlier.median_earnings') }} as median_ratio,
        totals.largest_message,
        {{ safe_ratio('totals.largest_message', 'totals.recent_revenue') }} as largest_share

    from totals

    left join medians as recent
        on totals.page_name = recent.page_name and recent.is_recent

    left join medians as earlier
        on totals.page_name = earlier.page_name and not earlier.is_recent

)

select * from compared
