-- One row per caption_key that was read: Claude's tag where there is one, beside what libraries found.
-- A view: a tag counts as soon as it is written.

{{ config(materialized='view') }}

with

tags as (

    select * from {{ ref('stg_caption_tags') }}

),

merged as (

    select
        caption_key,
        max(energy) as energy,
        max(intensity) as intensity,
        max(intent) as intent,
        coalesce(
            max(case when source = 'claude' then language end),
            max(case when source = 'text' then language end)
        ) as language,
        max(sentiment) as sentiment,
        max(near_duplicate_group) as near_duplicate_group,
        max(similarity) as similarity,
        max(model) as model,
        max(tagged_at) as tagged_at

    from tags

    group by caption_key

)

select * from merged
