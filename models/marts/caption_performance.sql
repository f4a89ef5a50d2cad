with

texts as (

    select * from {{ ref('int_caption_texts') }}

),

results as (

    select * from {{ ref('int_caption_results') }}

),

caption_keys as (

    select
        '(all)' as page_name,
        caption_key
    from texts
    union distinct
    select
        page_name,
        caption_key
    from results

),

described as (

    select
        caption_keys.page_name,
        caption_keys.caption_key,
        coalesce(texts.caption_text, results.caption_text) as caption_text,
        coalesce(texts.content_category_key, 'unknown') as content_category_key,
        coalesce(texts.content_class, 'unknown') as content_class,
        texts.energy,
        coalesce(texts.bank_id_count, 0) as bank_id_count,

        ---------- valid messages of any age
        cast(coalesce(results.sends, 0) as int64) as sends,
        cast(coalesce(results.priced_sends, 0) as int64) as priced_sends,
        cast(coalesce(results.page_count, 0) as int64) as page_count,
        cast(coalesce(results.recipients, 0) as int64) as recipients,
        cast(coalesce(results.views, 0) as int64) as views,
        cast(coalesce(results.purchases, 0) as int64) as purchases,
        coalesce(results.earnings, 0) as earnings,
        results.first_sent_at,
        results.last_sent_at,

        ---------- usable messages of the window
        {{ rate_columns('results') }}
        {{ rates('results') }},
        coalesce(results.effective_sends, 0) as effective_sends,
        coalesce(results.rated_earnings, 0) as rated_earnings,
        coalesce(results.expected_earnings, 0) as expected_earnings,
        coalesce(results.caption_lift, 1) as caption_lift,
        coalesce(results.evidence_share, 0) as evidence_share

    from caption_keys

    left join texts on caption_keys.caption_key = texts.caption_key

    left join results
        on
            caption_keys.page_name = results.page_name
            and caption_keys.caption_key = results.caption_key

)

select * from described
