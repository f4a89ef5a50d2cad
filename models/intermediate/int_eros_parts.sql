-- One row per page, score date and window: the decayed sums and counts that the EROS score is made of.

with

page_dates as (

    select * from {{ ref('int_page_dates') }}

    where days_back < {{ var('eros_history_days') + var('trend_days') }}

),

page_days as (

    select * from {{ ref('int_page_days') }}

),

caption_days as (

    select * from {{ ref('int_caption_days') }}

),

execution as (

    select * from {{ ref('int_page_execution') }}

),

windows as (

    {% for days in var('eros_windows') -%}
    select {{ days }} as window_days
    {% if not loop.last -%}
    union all
    {% endif -%}
    {%- endfor %}

),

grid as (

    select
        page_dates.page_name,
        page_dates.score_date,
        page_dates.days_back,
        page_dates.avg_daily_revenue,
        page_dates.creator_tier,
        cast(windows.window_days as int64) as window_days,
        {{ add_days('page_dates.score_date', '-windows.window_days') }} as day_before

    from page_dates

    cross join windows

),

weighted_days as (

    select
        grid.page_name,
        grid.score_date,
        grid.window_days,
        {{ decay_weight(days_between('grid.score_date', 'page_days.local_date')) }} as weight,
        page_days.message_count,
        page_days.revenue_earnings,
        page_days.revenue_recipients,
        page_days.conversion_purchases,
        page_days.conversion_views

    from grid

    inner join page_days
        on
            grid.page_name = page_days.page_name
            and page_days.local_date > grid.day_before
            and page_days.local_date <= grid.score_date

),

rates as (

    select
        page_name,
        score_date,
        window_days,
        sum(message_count) as message_count,
        sum(weight * revenue_earnings) as weighted_revenue_earnings,
        sum(weight * revenue_recipients) as weighted_revenue_recipients,
        sum(weight * conversion_purchases) as weighted_conversion_purchases,
        sum(weight * conversion_views) as weighted_conversion_views

    from weighted_days

    group by page_name, score_date, window_days

),

diversity as (

    select
        grid.page_name,
        grid.score_date,
        grid.window_days,
        sum(caption_days.caption_count) as caption_count

    from grid

    inner join caption_days
        on
            grid.page_name = caption_days.page_name
            and caption_days.local_date > grid.day_before
            and caption_days.local_date <= grid.score_date
            and (caption_days.next_date is null or caption_days.next_date > grid.score_date)

    group by grid.page_name, grid.score_date, grid.window_days

),

executions as (

    select
        grid.page_name,
        grid.score_date,
        grid.window_days,
        sum(execution.scheduled_count) as scheduled_count,
        sum(execution.executed_count) as executed_count

    from grid

    inner join execution
        on
            grid.page_name = execution.page_name
            and execution.local_date > grid.day_before
            and execution.local_date <= grid.score_date

    group by grid.page_name, grid.score_date, grid.window_days

),

joined as (

    select
        grid.page_name,
        grid.score_date,
        grid.window_days,
        grid.days_back,
        grid.avg_daily_revenue,
        grid.creator_tier,
        cast(coalesce(rates.message_count, 0) as int64) as message_count,
        cast(coalesce(diversity.caption_count, 0) as int64) as caption_count,
        cast(coalesce(executions.scheduled_count, 0) as int64) as scheduled_count,
        cast(coalesce(executions.executed_count, 0) as int64) as executed_count,
        rates.weighted_revenue_earnings,
        rates.weighted_revenue_recipients,
        rates.weighted_conversion_purchases,
        rates.weighted_conversion_views,
        {{ safe_ratio('rates.weighted_revenue_earnings', 'rates.weighted_revenue_recipients') }} as revenue_per_send,
        {{ safe_ratio('rates.weighted_conversion_purchases', 'rates.weighted_conversion_views') }} as conversion_rate

    from grid

    left join rates
        on
            grid.page_name = rates.page_name
            and grid.score_date = rates.score_date
            and grid.window_days = rates.window_days

    left join diversity
        on
            grid.page_name = diversity.page_name
            and grid.score_date = diversity.score_date
            and grid.window_days = diversity.window_days

    left join executions
        on
            grid.page_name = executions.page_name
            and grid.score_date = executions.score_date
            and grid.window_days = executions.window_days

)

select * from joined
