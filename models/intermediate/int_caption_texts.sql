-- One row per caption_key of the bank: what is true of the text whoever sends it.

with

wordings as (

    select * from {{ ref('int_caption_wordings') }}

),

energies as (

    select * from {{ ref('int_caption_energy') }}

),

categories as (

    select * from {{ ref('int_caption_categories') }}

),

banned_terms as (

    select * from {{ ref('banned_terms') }}

),

bank as (

    select * from {{ ref('stg_caption_bank') }}

    where caption_key is not null

),

-- For the model a text has one category: that of most bank rows.
ranked as (

    select
        caption_key,
        content_category_key,
        content_class,
        row_number() over (
            partition by caption_key
            order by bank_row_count desc, content_category_key, content_category
        ) as category_rank

    from categories

),

main_categories as (

    select * from ranked where category_rank = 1

),

-- And one price tier, by the same vote.
counted_tiers as (

    select
        caption_key,
        price_tier,
        count(*) as bank_row_count

    from bank

    where price_tier is not null

    group by caption_key, price_tier

),

ranked_tiers as (

    select
        caption_key,
        price_tier,
        row_number() over (
            partition by caption_key
            order by bank_row_count desc, price_tier
        ) as tier_rank

    from counted_tiers

),

main_tiers as (

    select * from ranked_tiers where tier_rank = 1

),

-- For the vault it has all of them: each one must be allowed.
requirements as (

    select
        caption_key,
        min(case when is_known then 1 else 0 end) = 1 as is_category_known,
        coalesce(string_agg(distinct content_type, '|' order by content_type), '') as required_types

    from categories

    group by caption_key

),

terms as (

    select distinct {{ word_tokens('term') }} as term_tokens from banned_terms

),

banned as (

    select distinct wordings.caption_key

    from wordings

    inner join terms on {{ has_words('wordings.text_tokens', 'terms.term_tokens') }}

),

described as (

    select
        wordings.caption_key,
        wordings.caption_text,
        wordings.bank_id_count,
        main_categories.content_category_key,
        main_categories.content_class,
        main_tiers.price_tier,
        requirements.is_category_known,
        requirements.required_types,
        energies.energy,
        banned.caption_key is not null as is_banned

    from wordings

    inner join main_categories on wordings.caption_key = main_categories.caption_key

    inner join requirements on wordings.caption_key = requirements.caption_key

    inner join energies on wordings.caption_key = energies.caption_key

    left join main_tiers on wordings.caption_key = main_tiers.caption_key

    left join banned on wordings.caption_key = banned.caption_key

)

select * from described
