-- One row per page and local date that is scored, compared with or replayed, with the average daily
-- revenue and the tier as of the end of that date. The latest is the last one that its loads cover.

with

known as (

    select * from {{ ref('int_known_until') }}

),

page_days as (

    select * from {{ ref('int_page_days') }}

),

ages as (

    {{ spine_integers(0, [var('eros_history_days') + var('trend_days'), var('replay_days')] | max - 1) }}

),

days_back as (

    {{ spine_integers(0, var('lookback_days') - 1) }}

),

-- Silent days count: the weights below the line run over all days since the page's first message.
day_weights as (

    select
        spine_number as last_day,
        sum({{ decay_weight('spine_number') }}) over (
            order by spine_number
            rows between unbounded preceding and current row
        ) as weight_sum

    from days_back

),

first_days as (

    select
        page_name,
        min(local_date) as first_date

    from page_days

    group by page_name

),

dates as (

    select
        known.page_name,
        ages.spine_number as days_back,
        {{ add_days('known.known_date', '-ages.spine_number') }} as score_date

    from known

    cross join ages

),

aged as (

    select
        dates.page_name,
        dates.score_date,
        dates.days_back,
        {{ days_between('dates.score_date', 'first_days.first_date') }} as first_days_ago

    from dates

    left join first_days on dates.page_name = first_days.page_name

),

revenue as (

    select
        dates.page_name,
        dates.score_date,
        sum(
            page_days.earnings
            * {{ decay_weight(days_between('dates.score_date', 'page_days.local_date')) }}
        ) as weighted_earnings

    from dates

    inner join page_days
        on
            dates.page_name = page_days.page_name
            and page_days.local_date <= dates.score_date
            and page_days.local_date > {{ add_days('dates.score_date', -var('lookback_days')) }}

    group by dates.page_name, dates.score_date

),

averaged as (

    select
        aged.page_name,
        aged.score_date,
        aged.days_back,
        aged.first_days_ago,
        case
            when aged.first_days_ago >= 0
                then coalesce(revenue.weighted_earnings, 0) / day_weights.weight_sum
        end as avg_daily_revenue

    from aged

    left join revenue
        on
            aged.page_name = revenue.page_name
            and aged.score_date = revenue.score_date

    left join day_weights
        on
            case
                when aged.first_days_ago > {{ var('lookback_days') - 1 }} then {{ var('lookback_days') - 1 }}
                else aged.first_days_ago
            end = day_weights.last_day

),

tiered as (

    select
        page_name,
        score_date,
        days_back,
        case when first_days_ago >= 0 then first_days_ago end as first_valid_days_ago,
        avg_daily_revenue,
        {{ creator_tier('avg_daily_revenue') }} as creator_tier

    from averaged

)

select * from tiered
