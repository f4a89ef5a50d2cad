-- One row per active page and caption_id that its vault and its restrictions allow, whose text has a
-- better row that they allow too. What else may refuse a row refuses all rows of its text.

{{ config(materialized='view') }}

with

captions as (

    select * from {{ ref('int_caption_bank') }} where refused_by is null

),

vault as (

    select * from {{ ref('int_caption_vault') }}

),

restrictions as (

    select * from {{ ref('int_caption_restrictions') }}

    -- one of some days binds the weeks that it touches: see caption_candidates
    where restricted_from is null and restricted_until is null

),

-- Most texts have one row, and nothing to choose from.
shared_keys as (

    select caption_key

    from captions

    group by caption_key

    having count(*) > 1

),

page_ranked as (

    select
        vault.page_name,
        captions.caption_id,
        row_number() over (
            partition by vault.page_name, captions.caption_key
            order by captions.overall_performance_score desc nulls last, captions.caption_id
        ) as text_rank

    from captions

    inner join shared_keys on captions.caption_key = shared_keys.caption_key

    inner join vault on captions.required_types = vault.required_types

    left join restrictions
        on
            vault.page_name = restrictions.page_name
            and captions.caption_id = restrictions.caption_id

    where restrictions.caption_id is null

),

repeats as (

    select
        page_name,
        caption_id

    from page_ranked

    where text_rank > 1

)

select * from repeats
