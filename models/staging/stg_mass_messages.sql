-- One row per current raw row: a row of a later load replaces the earlier ones of its row_id, rows
-- without a row_id stay. Rejected rows stay too, with the first check they fail.

with

facts as (

    select * from {{ ref('stg_message_facts') }}

),

dated as (

    select
        *,
        max(loaded_at) over (partition by row_id) as last_loaded_at

    from facts

),

checked as (

    select
        *,
        case
            when page_name is null then 'missing_page'
            when sent_at is null then 'missing_time'
            when sent_at > {{ as_of() }} then 'future_time'
            when row_id is not null and occurrence > 1 then 'repeat'
            when sent_count < 1 then 'no_recipients'
            when viewed_count > sent_count then 'views_above_sends'
            when purchased_count > viewed_count then 'purchases_above_views'
            when earnings < 0 then 'negative_earnings'
            when price < 0 or price > {{ var('max_valid_price') }} then 'price_out_of_range'
        end as rejection_reason

    from dated

    where row_id is null or loaded_at = last_loaded_at

),

flagged as (

    select
        ---------- ids
        message_key,
        row_id,
        page_name,
        caption_key,

        ---------- texts
        message,
        message_type,
        rejection_reason,

        ---------- numerics
        price,
        sent_count,
        viewed_count,
        purchased_count,
        earnings,

        ---------- booleans
        coalesce(price > 0, false) as is_priced,
        rejection_reason is null as is_valid,
        rejection_reason is null
        and coalesce(sent_count >= {{ var('min_sent_count') }}, false) as is_usable,

        ---------- timestamps (UTC)
        sent_at

    from checked

)

select * from flagged
