-- One row per valid message of any age: what was sent, and what it adds to each decay-weighted
-- sum. A ratio's two columns are NULL together, so a row without one side is left out of both.

with

messages as (

    select * from {{ ref('int_messages') }}

),

texts as (

    select * from {{ ref('int_caption_texts') }}

),

flagged as (

    select
        *,
        is_usable and is_in_window as is_rated,
        is_usable and is_in_window and is_priced as is_priced_rated

    from messages

    where is_valid

),

measured as (

    select
        flagged.message_key,
        flagged.page_name,
        flagged.caption_key,
        flagged.message,
        flagged.sent_at,
        flagged.local_date,
        flagged.local_hour,
        flagged.iso_weekday,
        flagged.days_ago,
        flagged.weight,
        flagged.price,
        flagged.is_priced,
        flagged.is_usable,
        flagged.is_in_window,
        flagged.is_rated,
        flagged.is_priced_rated,
        flagged.sent_count,
        flagged.viewed_count,
        flagged.purchased_count,
        flagged.earnings,
        coalesce(texts.content_category_key, 'unknown') as content_category_key,
        coalesce(texts.content_class, 'unknown') as content_class,
        texts.price_tier as caption_price_tier,

        ---------- views per recipient
        case when flagged.is_rated and flagged.viewed_count is not null
            then flagged.weight * flagged.viewed_count end as view_views,
        case when flagged.is_rated and flagged.viewed_count is not null
            then flagged.weight * flagged.sent_count end as view_recipients,

        ---------- purchases per view
        case when flagged.is_priced_rated and flagged.viewed_count is not null
            then flagged.weight * flagged.purchased_count end as conversion_purchases,
        case when flagged.is_priced_rated and flagged.purchased_count is not null
            then flagged.weight * flagged.viewed_count end as conversion_views,

        ---------- purchases per recipient
        case when flagged.is_priced_rated
            then flagged.weight * flagged.purchased_count end as purchase_purchases,
        case when flagged.is_priced_rated and flagged.purchased_count is not null
            then flagged.weight * flagged.sent_count end as purchase_recipients,

        ---------- dollars per recipient and per message
        case when flagged.is_priced_rated
            then flagged.weight * flagged.earnings end as revenue_earnings,
        case when flagged.is_priced_rated and flagged.earnings is not null
            then flagged.weight * flagged.sent_count end as revenue_recipients,
        case when flagged.is_priced_rated and flagged.earnings is not null
            then flagged.weight end as revenue_weight

    from flagged

    left join texts on flagged.caption_key = texts.caption_key

)

select * from measured
