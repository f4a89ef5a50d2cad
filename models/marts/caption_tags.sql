-- One row per caption_key of the bank with what its text is like. A view: a tag is seen at once.

{{ config(materialized='view') }}

with

wordings as (

    select * from {{ ref('int_caption_wordings') }}

),

energies as (

    select * from {{ ref('int_caption_energy') }}

),

tags as (

    select * from {{ ref('int_caption_tags') }}

),

described as (

    select
        wordings.caption_key,
        wordings.caption_text,
        energies.energy,
        tags.intensity,
        tags.intent,
        tags.language,
        tags.sentiment,
        tags.near_duplicate_group,
        tags.similarity,
        tags.tagged_at

    from wordings

    inner join energies on wordings.caption_key = energies.caption_key

    left join tags on wordings.caption_key = tags.caption_key

)

select * from described
