-- One row per active page and caption_id that the page's vault allows, with the first of banned
-- terms, page restrictions, freshness and a better row of the text that refuses it.

{{ config(materialized='view') }}

with

captions as (

    select * from {{ ref('int_caption_bank') }} where refused_by is null

),

vault as (

    select * from {{ ref('int_caption_vault') }}

),

exclusions as (

    select * from {{ ref('int_caption_exclusions') }}

),

-- By far the most rows of the project, so few and narrow columns.
checked as (

    select
        vault.page_name,
        captions.caption_id,
        captions.content_category_key,
        captions.energy,
        case
            when captions.is_banned then 'banned_terms'
            else exclusions.refused_by
        end as refused_by

    from vault

    inner join captions on vault.required_types = captions.required_types

    left join exclusions
        on
            vault.page_name = exclusions.page_name
            and captions.caption_id = exclusions.caption_id

)

select * from checked
