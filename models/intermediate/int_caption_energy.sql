-- One row per caption_key of the bank: its energy, from the bank's tag, else Claude's, else its words.

with

wordings as (

    select * from {{ ref('int_caption_wordings') }}

),

tags as (

    select * from {{ ref('int_caption_tags') }}

),

energy_words as (

    select * from {{ ref('energy_words') }}

),

words as (

    select distinct
        lower(trim(energy)) as energy,
        {{ word_tokens('word') }} as word_tokens

    from energy_words

),

matches as (

    select
        wordings.caption_key,
        words.energy,
        count(*) as word_count

    from wordings

    inner join words on {{ has_words('wordings.text_tokens', 'words.word_tokens') }}

    where wordings.energy_tag is null

    group by wordings.caption_key, words.energy

),

-- The energy with most distinct words; between equals the first in the alphabet.
strongest as (

    select
        caption_key,
        energy,
        row_number() over (
            partition by caption_key
            order by word_count desc, energy
        ) as energy_rank

    from matches

),

labelled as (

    select
        wordings.caption_key,
        coalesce(wordings.energy_tag, tags.energy, strongest.energy, 'neutral') as energy

    from wordings

    left join tags on wordings.caption_key = tags.caption_key

    left join strongest
        on
            wordings.caption_key = strongest.caption_key
            and strongest.energy_rank = 1

)

select * from labelled
