-- One row per caption_key of the bank: one spelling of the text and its tokens.

with

bank as (

    select * from {{ ref('stg_caption_bank') }}

),

-- The spellings behind one key differ only in case, white space and Unicode form.
spellings as (

    select
        caption_key,
        min(caption_text) as caption_text,
        min(nullif(lower(trim(energy_tag)), '')) as energy_tag,
        count(distinct caption_id) as bank_id_count

    from bank

    where caption_key is not null

    group by caption_key

),

tokenised as (

    select
        caption_key,
        caption_text,
        energy_tag,
        bank_id_count,
        {{ word_tokens('caption_text') }} as text_tokens

    from spellings

)

select * from tokenised
