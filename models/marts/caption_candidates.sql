{{ config(tags=['candidates']) }}

with

pool as (

    select * from {{ ref('int_caption_pool') }}

),

captions as (

    select * from {{ ref('int_caption_bank') }}

),

uses as (

    select * from {{ ref('int_caption_uses') }}

),

performance as (

    select * from {{ ref('caption_performance') }}

    where page_name = '(all)'

),

restrictions as (

    select * from {{ ref('int_caption_restrictions') }}

),

described as (

    select
        pool.page_name,
        pool.caption_id,
        captions.caption_key,
        captions.caption_text,
        captions.content_category,
        captions.content_category_key,
        captions.content_type,
        captions.content_class,
        captions.energy,
        captions.price_tier,
        performance.sends as caption_sends,
        performance.purchases as caption_purchases,
        captions.caption_lift,
        uses.last_sent_at as last_used_at,
        captions.overall_performance_score,
        pool.candidate_rank,
        restrictions.restricted_from,
        restrictions.restricted_until

    from pool

    inner join captions
        on
            pool.caption_id = captions.caption_id
            and captions.refused_by is null

    inner join performance on captions.caption_key = performance.caption_key

    left join uses
        on
            pool.page_name = uses.page_name
            and captions.caption_key = uses.caption_key

    left join restrictions
        on
            pool.page_name = restrictions.page_name
            and pool.caption_id = restrictions.caption_id

)

select * from described
