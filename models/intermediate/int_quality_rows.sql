-- One row per raw message that data quality is about, with the flaws it has. Rows without a page have
-- nobody to charge, so they get a page name of their own.

{{ config(materialized='view') }}

with

messages as (

    select * from {{ ref('int_messages') }}

),

known as (

    select * from {{ ref('int_known_until') }}

),

-- Without a time, or with one that had not come when it was loaded, a row belongs to every window.
dated as (

    select
        messages.*,
        known.unknown_days,
        coalesce(messages.sent_at <= {{ as_of() }}, false)
        and coalesce(messages.rejection_reason, '') <> 'after_its_load' as is_dated

    from messages

    left join known on messages.page_name = known.page_name

),

flagged as (

    select
        message_key,
        coalesce(page_name, '(missing)') as page_name,
        -- days before the last one that is known; what is rejected may be later
        case when is_dated then greatest(days_ago - coalesce(unknown_days, 0), 0) end as days_ago,
        is_dated,
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

    from dated

)

select * from flagged
