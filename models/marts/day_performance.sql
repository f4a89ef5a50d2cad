-- One row per page and local day of the window, from the page's first valid message on. Silent days too.

with

pages as (

    select * from {{ ref('int_pages') }}

),

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

ages as (

    {{ spine_integers(0, var('lookback_days') - 1) }}

),

first_days as (

    select
        page_name,
        min(local_date) as first_date

    from messages

    group by page_name

),

days as (

    select
        pages.page_name,
        {{ add_days('pages.as_of_local_date', '-ages.spine_number') }} as local_date,
        ages.spine_number as days_ago

    from pages

    cross join ages

    inner join first_days
        on
            pages.page_name = first_days.page_name
            and {{ add_days('pages.as_of_local_date', '-ages.spine_number') }} >= first_days.first_date

),

flagged as (

    select
        *,
        is_usable and is_priced as is_rated

    from messages

    where is_in_window

),

-- A ratio's two sums leave out the same rows: those with either side unknown.
summed as (

    select
        page_name,
        local_date,
        count(*) as message_count,
        count(case when is_priced then 1 end) as priced_message_count,
        count(case when is_usable then 1 end) as usable_message_count,
        count(distinct caption_key) as caption_count,
        sum(sent_count) as recipients,
        sum(viewed_count) as views,
        sum(purchased_count) as purchases,
        sum(earnings) as earnings,
        sum(case when is_usable and viewed_count is not null then viewed_count end) as view_views,
        sum(case when is_usable and viewed_count is not null then sent_count end) as view_recipients,
        sum(case when is_rated and viewed_count is not null then purchased_count end) as conversion_purchases,
        sum(case when is_rated and purchased_count is not null then viewed_count end) as conversion_views,
        sum(case when is_rated then earnings end) as revenue_earnings,
        sum(case when is_rated and earnings is not null then sent_count end) as revenue_recipients

    from flagged

    group by page_name, local_date

),

filled as (

    select
        days.page_name,
        days.local_date,
        days.days_ago,
        {{ decay_weight('days.days_ago') }} as weight,
        {{ iso_weekday('days.local_date') }} as iso_weekday,
        coalesce(summed.message_count, 0) as message_count,
        coalesce(summed.priced_message_count, 0) as priced_message_count,
        coalesce(summed.usable_message_count, 0) as usable_message_count,
        coalesce(summed.caption_count, 0) as caption_count,
        cast(coalesce(summed.recipients, 0) as int64) as recipients,
        cast(coalesce(summed.views, 0) as int64) as views,
        cast(coalesce(summed.purchases, 0) as int64) as purchases,
        coalesce(summed.earnings, 0) as earnings,
        cast(coalesce(summed.view_views, 0) as int64) as view_views,
        cast(coalesce(summed.view_recipients, 0) as int64) as view_recipients,
        cast(coalesce(summed.conversion_purchases, 0) as int64) as conversion_purchases,
        cast(coalesce(summed.conversion_views, 0) as int64) as conversion_views,
        coalesce(summed.revenue_earnings, 0) as revenue_earnings,
        cast(coalesce(summed.revenue_recipients, 0) as int64) as revenue_recipients

    from days

    left join summed
        on
            days.page_name = summed.page_name
            and days.local_date = summed.local_date

),

week_sums as (

    select
        page_name,
        local_date,
        sum(earnings) over (
            partition by page_name
            order by days_ago desc
            rows between 6 preceding and current row
        ) as earnings_7d

    from filled

),

rated as (

    select
        filled.page_name,
        filled.local_date,
        filled.iso_weekday,
        filled.days_ago,
        filled.weight,
        filled.message_count,
        filled.priced_message_count,
        filled.usable_message_count,
        filled.caption_count,
        filled.recipients,
        filled.views,
        filled.purchases,
        filled.earnings,
        week_sums.earnings_7d,
        filled.view_views,
        filled.view_recipients,
        filled.conversion_purchases,
        filled.conversion_views,
        filled.revenue_earnings,
        filled.revenue_recipients,
        {{ safe_ratio('filled.view_views', 'filled.view_recipients') }} as view_rate,
        {{ safe_ratio('filled.conversion_purchases', 'filled.conversion_views') }} as conversion_rate,
        {{ safe_ratio('filled.revenue_earnings', 'filled.revenue_recipients') }} as revenue_per_send

    from filled

    inner join week_sums
        on
            filled.page_name = week_sums.page_name
            and filled.local_date = week_sums.local_date

)

select * from rated
