with

pool as (

    select * from {{ ref('int_caption_pool') }} where candidate_rank is not null

),

captions as (

    select * from {{ ref('int_caption_bank') }}

),

performance as (

    select * from {{ ref('caption_performance') }}

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
        pool.caption_lift,
        pool.last_used_at,
        captions.overall_performance_score,
        pool.candidate_rank

    from pool

    inner join captions
        on
            pool.caption_id = captions.caption_id
            and captions.refused_by is null

    inner join performance on captions.caption_key = performance.caption_key

)

select * from described
