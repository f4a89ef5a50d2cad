-- One row per valid message of any age: what was sent, and what it adds to the sums of each rate.
-- `weight` is NULL outside the window, so a decayed sum is one of the window.

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

        ---------- what it adds to each rate
        {{ rate_parts('flagged') }}

    from flagged

    left join texts on flagged.caption_key = texts.caption_key

)

select * from measured
