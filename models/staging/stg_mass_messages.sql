-- One row per current raw row: a row of a later load replaces the earlier ones of its row_id, rows
-- without a row_id stay. Rejected rows stay too, with the first check they fail.

with

facts as (

    select * from {{ ref('stg_message_facts') }}

),

-- A send later than its own load is a typing error. Where many of a load are, it is the load's clock that
-- is wrong, or unknown: then only as_of tells what has not come yet.
loads as (

    select
        loaded_at,
        {{ safe_ratio('count(case when sent_at > loaded_at then 1 end)', 'count(sent_at)') }}
            <= {{ var('late_send_share_max') }} as is_clock_right

    from facts

    group by loaded_at

),

dated as (

    select
        facts.*,
        coalesce(facts.sent_at > facts.loaded_at and loads.is_clock_right, false) as is_after_its_load,
        max(facts.loaded_at) over (partition by facts.row_id) as last_loaded_at

    from facts

    inner join loads on facts.loaded_at = loads.loaded_at

),

checked as (

    select
        *,
        case
            when page_name is null then 'missing_page'
            when sent_at is null then 'missing_time'
            when sent_at > {{ as_of() }} then 'future_time'
            when is_after_its_load then 'after_its_load'
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
        sent_at,
        loaded_at

    from checked

)

select * from flagged
