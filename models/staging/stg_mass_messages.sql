-- One row per current raw row of a message (see the macro current_messages): one, and its repeats in the
-- same load. Rejected rows stay, with the first check they fail.

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
        coalesce(facts.sent_at > facts.loaded_at and loads.is_clock_right, false) as is_after_its_load

    from facts

    inner join loads on facts.loaded_at = loads.loaded_at

),

current_rows as (

    {{ current_messages('facts') }}

),

checked as (

    select
        dated.*,
        current_rows.message_key,
        {{ rejection_reason(
            as_of(), var('max_valid_price'), 'current_rows.occurrence', 'dated.is_after_its_load'
        ) }} as rejection_reason

    from dated

    inner join current_rows on dated.fact_key = current_rows.fact_key

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
