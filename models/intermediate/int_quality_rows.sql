-- One row per raw message that data quality is about, with the flaws it has. Rows without a page have
-- nobody to charge, so they get a page name of their own.

{{ config(materialized='view') }}

with

messages as (

    select * from {{ ref('int_messages') }}

),

flagged as (

    select
        message_key,
        coalesce(page_name, '(missing)') as page_name,
        case when sent_at <= {{ as_of() }} then days_ago end as days_ago,
        -- without a time, or one that has not come, a row belongs to every window
        coalesce(sent_at <= {{ as_of() }}, false) as is_dated,
        is_valid,
        is_usable,
        rejection_reason,
        case when sent_at is null then 0 else 1 end
        + case when has_no_message then 0 else 1 end
        + case when sent_count is null then 0 else 1 end
        + case when viewed_count is null then 0 else 1 end
        + case when purchased_count is null then 0 else 1 end
        + case when earnings is null then 0 else 1 end as present_field_count,
        has_no_message,
        sent_count is null as has_no_sent_count,
        viewed_count is null as has_no_viewed_count,
        purchased_count is null as has_no_purchased_count,
        earnings is null as has_no_earnings,
        has_replacement_character,
        is_valid and not is_usable as is_small_send

    from messages

)

select * from flagged
