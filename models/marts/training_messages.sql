with

messages as (

    select * from {{ ref('int_priced_messages') }}

    where
        message_key not in (select message_key from {{ ref('int_standouts') }})
        and days_ago >= 0 and days_ago < {{ var('training_days') }}
        and {{ sent_since(var('training_days')) }}

),

performance as (

    select * from {{ ref('creator_performance') }}

),

described as (

    select
        ---------- ids
        messages.message_key,
        messages.page_name,
        performance.creator_tier,

        ---------- when
        messages.sent_at,
        messages.local_date,
        messages.local_hour,
        messages.iso_weekday,
        messages.days_ago,
        {{ decay_weight('messages.days_ago') }} as weight,

        ---------- what
        messages.price,
        messages.content_category_key,
        messages.content_class,
        messages.caption_key,
        messages.caption_price_tier,

        ---------- known before the send
        messages.caption_sends_before,
        messages.page_caption_days_since,
        messages.send_stock_short,
        messages.send_stock_middle,
        messages.send_stock_long,

        ---------- what came of it
        messages.sent_count,
        messages.viewed_count,
        messages.purchased_count,
        messages.earnings

    from messages

    left join performance on messages.page_name = performance.page_name

)

select * from described
