-- The window of every day that can be replayed. What belongs to one day alone (weight, tier) is left to
-- the replay: it is another one on each.

with

messages as (

    select * from {{ ref('int_priced_messages') }}

    where
        message_key not in (select message_key from {{ ref('int_standouts') }})
        and days_ago >= 0 and days_ago < {{ var('training_days') + var('replay_days') }}
        and {{ sent_since(var('training_days') + var('replay_days')) }}

),

described as (

    select
        ---------- ids
        message_key,
        page_name,

        ---------- when
        sent_at,
        local_date,
        local_hour,
        iso_weekday,
        days_ago,

        ---------- what
        price,
        content_category_key,
        content_class,
        caption_key,
        caption_price_tier,

        ---------- known before the send
        caption_sends_before,
        page_caption_days_since,
        send_stock_short,
        send_stock_middle,
        send_stock_long,

        ---------- what came of it
        sent_count,
        viewed_count,
        purchased_count,
        earnings

    from messages

)

select * from described
