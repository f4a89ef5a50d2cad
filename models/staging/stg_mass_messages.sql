-- One row per current raw row of a message (see the macro current_messages): one, and its repeats in the
-- same load. Rejected rows stay, with the first check they fail.

with

facts as (

    select * from {{ ref('stg_message_facts') }}

),

current_rows as (

    {{ current_messages('facts') }}

),

checked as (

    select
        facts.*,
        current_rows.message_key,
        {{ rejection_reason(as_of(), var('max_valid_price'), 'current_rows.occurrence') }} as rejection_reason

    from facts

    inner join current_rows on facts.fact_key = current_rows.fact_key

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
