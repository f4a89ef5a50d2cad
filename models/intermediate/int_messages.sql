-- One row per current raw message, with its page's local clock and the weight its age leaves it.
-- Rejected rows are here too: is_valid and rejection_reason tell them apart.

{{ config(partition_by=by_day('sent_at'), cluster_by=['page_name']) }}

with

messages as (

    select * from {{ ref('stg_mass_messages') }}

),

pages as (

    select * from {{ ref('stg_active_creators') }}

),

sent_captions as (

    select * from {{ ref('int_sent_captions') }}

),

zoned as (

    select
        messages.*,
        sent_captions.bank_caption_key,
        sent_captions.is_exact,
        coalesce(pages.timezone, '{{ var("default_timezone") }}') as timezone

    from messages

    left join pages on messages.page_name = pages.page_name

    left join sent_captions on messages.caption_key = sent_captions.caption_key

),

localised as (

    select
        *,
        {{ to_local('sent_at', 'timezone') }} as local_at,
        {{ local_date(as_of(), 'timezone') }} as as_of_local_date

    from zoned

),

dated as (

    select
        *,
        cast(local_at as date) as local_date,
        {{ hour_of('local_at') }} as local_hour,
        {{ days_between('as_of_local_date', 'cast(local_at as date)') }} as days_ago

    from localised

),

windowed as (

    select
        *,
        coalesce(days_ago >= 0 and days_ago < {{ var('lookback_days') }}, false) as is_in_window

    from dated

),

weighted as (

    select
        ---------- ids
        message_key,
        row_id,
        page_name,
        -- the bank's, where the bank has the text, however the export spells it
        coalesce(bank_caption_key, caption_key) as caption_key,

        ---------- texts
        message,
        message_type,
        rejection_reason,
        timezone,
        case when is_exact then 'exact' when bank_caption_key is not null then 'respelled' end as caption_match,

        ---------- times
        sent_at,
        loaded_at,
        local_at,
        local_date,
        local_hour,
        {{ iso_weekday('local_date') }} as iso_weekday,
        {{ daypart('local_hour') }} as daypart,
        days_ago,

        ---------- numerics
        price,
        sent_count,
        viewed_count,
        purchased_count,
        earnings,
        case when is_in_window then {{ decay_weight('days_ago') }} end as weight,

        ---------- booleans
        is_priced,
        is_valid,
        is_usable,
        is_in_window,
        -- flags of the text, so that data quality need not read it
        message is null as has_no_message,
        coalesce(message like {{ sql_text("%\ufffd%") }}, false) as has_replacement_character

    from windowed

)

select * from weighted
