-- One row per usable priced message of any age, with what was known before it was sent.
-- Point in time: every count ends before the message. Frames end one second earlier, so messages
-- of the same instant do not see each other.

{{ config(partition_by=by_day('sent_at'), cluster_by=['page_name']) }}

with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

timed as (

    select
        *,
        {{ unix_seconds('sent_at') }} as sent_second

    from messages

),

-- All valid messages, priced or not and of any age: each one cost attention.
counted as (

    select
        *,
        count(*) over (
            partition by caption_key
            order by sent_second
            range between unbounded preceding and 1 preceding
        ) as caption_sends_before,
        max(local_date) over (
            partition by page_name, caption_key
            order by sent_second
            range between unbounded preceding and 1 preceding
        ) as page_caption_last_on,
        {{ send_stock('page_name', 'sent_second', var('fatigue_short_hours')) }}
            as send_stock_short,
        {{ send_stock('page_name', 'sent_second', var('fatigue_middle_hours')) }}
            as send_stock_middle,
        {{ send_stock('page_name', 'sent_second', var('fatigue_long_hours')) }}
            as send_stock_long

    from timed

),

described as (

    select
        ---------- ids
        counted.message_key,
        counted.page_name,

        ---------- when
        counted.sent_at,
        counted.local_date,
        counted.local_hour,
        counted.iso_weekday,
        counted.days_ago,

        ---------- what
        counted.price,
        counted.content_category_key,
        counted.content_class,
        counted.caption_key,
        counted.caption_price_tier,

        ---------- known before the send
        case
            when counted.caption_key is null then 0
            else counted.caption_sends_before
        end as caption_sends_before,
        case
            when counted.caption_key is not null
                then {{ days_between('counted.local_date', 'counted.page_caption_last_on') }}
        end as page_caption_days_since,
        counted.send_stock_short,
        counted.send_stock_middle,
        counted.send_stock_long,

        ---------- what came of it
        counted.sent_count,
        counted.viewed_count,
        counted.purchased_count,
        counted.earnings

    from counted

    where counted.is_usable and counted.is_priced

)

select * from described
