with

recorded as (

    select * from {{ ref('caption_bank_snapshot') }}

),

intervals as (

    select
        caption_id,
        caption_key,
        caption_text,
        content_category,
        content_type,
        required_types,
        price_tier,
        is_banned,
        refused_by,
        dbt_valid_from as valid_from,
        dbt_valid_to as valid_to

    from recorded

)

select * from intervals
