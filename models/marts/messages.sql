-- One row per current raw message of any age, rejected ones too.

{{ config(partition_by=by_day('sent_at'), cluster_by=['page_name']) }}

with

sent as (

    select * from {{ ref('int_messages') }}

),

texts as (

    select * from {{ ref('int_caption_texts') }}

),

price_tiers as (

    select * from {{ ref('price_tiers') }}

),

described as (

    select
        ---------- ids
        sent.message_key,
        sent.row_id,
        sent.page_name,
        sent.caption_key,

        ---------- when
        sent.sent_at,
        sent.timezone,
        sent.local_at,
        sent.local_date,
        sent.local_hour,
        sent.iso_weekday,
        sent.daypart,
        cast({{ add_days('sent.local_date', '1 - sent.iso_weekday') }} as date) as week_start,
        sent.days_ago,
        sent.weight,

        ---------- what
        coalesce(texts.content_category_key, 'unknown') as content_category_key,
        coalesce(texts.content_class, 'unknown') as content_class,
        sent.price,
        case
            when sent.is_priced then price_tiers.price_tier
            else 'unpriced'
        end as price_tier,
        sent.message_type,

        ---------- what came of it
        sent.sent_count,
        sent.viewed_count,
        sent.purchased_count,
        sent.earnings,
        {{ rate_parts('sent') }},

        ---------- flags
        sent.is_priced,
        sent.is_valid,
        sent.is_usable,
        sent.is_in_window,
        sent.rejection_reason

    from sent

    left join texts on sent.caption_key = texts.caption_key

    left join price_tiers
        on
            sent.price >= price_tiers.price_from
            and (sent.price < price_tiers.price_to or price_tiers.price_to is null)

)

select * from described
