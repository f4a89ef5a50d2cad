-- One row per caption_key that a rated message sent and trait: which value of the trait the text has.

with

messages as (

    select * from {{ ref('int_caption_messages') }}

    where is_priced_rated and caption_key is not null

),

trait_words as (

    select * from {{ ref('trait_words') }}

),

trait_bands as (

    select * from {{ ref('trait_bands') }}

),

texts as (

    select
        caption_key,
        min(message) as caption_text

    from messages

    group by caption_key

),

tokenised as (

    select
        caption_key,
        {{ word_tokens('caption_text') }} as text_tokens,
        length({{ fold_text('caption_text') }}) as character_count,
        {{ emoji_count('caption_text') }} as emoji_count

    from texts

),

measures as (

    select
        caption_key,
        'length' as trait,
        character_count as measure

    from tokenised

    union all

    select
        caption_key,
        'emoji' as trait,
        emoji_count as measure

    from tokenised

),

banded as (

    select
        measures.caption_key,
        measures.trait,
        trait_bands.trait_value

    from measures

    inner join trait_bands
        on
            measures.trait = trait_bands.trait
            and measures.measure >= trait_bands.measure_from
            and (trait_bands.measure_to is null or measures.measure < trait_bands.measure_to)

),

words as (

    select distinct
        trait,
        {{ word_tokens('term') }} as term_tokens

    from trait_words

),

traits as (

    select distinct trait from words

),

found as (

    select distinct
        tokenised.caption_key,
        words.trait

    from tokenised

    inner join words on {{ has_words('tokenised.text_tokens', 'words.term_tokens') }}

),

worded as (

    select
        tokenised.caption_key,
        traits.trait,
        case when found.caption_key is null then 'no' else 'yes' end as trait_value

    from tokenised

    cross join traits

    left join found
        on
            tokenised.caption_key = found.caption_key
            and traits.trait = found.trait

),

described as (

    select * from banded

    union all

    select * from worded

)

select * from described
