-- One row per row of the caption bank, with the first filter that refuses it for every page.

with

bank as (

    select * from {{ ref('stg_caption_bank') }}

),

texts as (

    select * from {{ ref('int_caption_texts') }}

),

categories as (

    select * from {{ ref('int_caption_categories') }}

),

results as (

    select * from {{ ref('int_caption_results') }}

    where page_name = '(all)'

),

checked as (

    select
        bank.caption_id,
        bank.caption_key,
        bank.caption_text,
        bank.content_category,
        categories.content_category_key,
        categories.content_type,
        categories.content_class,
        texts.required_types,
        texts.energy,
        texts.is_banned,
        bank.price_tier,
        bank.overall_performance_score,
        coalesce(results.caption_lift, 1) as caption_lift,
        case
            when bank.rejection_reason is not null or texts.caption_key is null then 'in_bank'
            -- characters that some program could not read stand as U+FFFD
            when bank.caption_text like '%{{ "\ufffd" }}%' then 'text_readable'
            {%- if var('usage_statuses') %}
            when coalesce(lower(trim(bank.usage_status)), '') not in (
                {{ sql_list(var('usage_statuses') | map('lower')) }}
            )
                then 'usage_status'
            {%- endif %}
            {%- if var('validation_levels') %}
            when coalesce(lower(trim(bank.validation_level)), '') not in (
                {{ sql_list(var('validation_levels') | map('lower')) }}
            )
                then 'validation_level'
            {%- endif %}
            when not texts.is_category_known then 'category_known'
        end as refused_by

    from bank

    left join texts on bank.caption_key = texts.caption_key

    left join categories
        on
            bank.caption_key = categories.caption_key
            and bank.content_category = categories.content_category

    left join results on bank.caption_key = results.caption_key

)

select * from checked
