-- One row per page with valid messages in the window: how many of its sent texts the caption bank knows. A
-- text that is not found has no caption to rest, so a low share means a bank or an export that is not whole.

with

messages as (

    select * from {{ ref('int_messages') }}

    where
        is_valid
        and is_in_window
        and caption_key is not null
        and {{ sent_since(var('lookback_days')) }}

),

counted as (

    select
        page_name,
        count(*) as message_count,
        count(case when caption_match = 'exact' then 1 end) as exact_count,
        count(case when caption_match = 'respelled' then 1 end) as respelled_count,
        count(case when caption_match is null then 1 end) as unknown_count

    from messages

    group by page_name

),

shared as (

    select
        page_name,
        message_count,
        exact_count,
        respelled_count,
        unknown_count,
        {{ safe_ratio('unknown_count', 'message_count') }} as unknown_share

    from counted

)

select * from shared
