-- One row per caption of the bank that has an id: what decides where it may go, and nothing that a send
-- changes. What is kept of its history.

{{ config(materialized='view') }}

with

bank as (

    select * from {{ ref('int_caption_bank') }}

),

terms as (

    select
        caption_id,
        caption_key,
        caption_text,
        content_category,
        content_type,
        required_types,
        price_tier,
        is_banned,
        refused_by

    from bank

    where caption_id is not null

)

select * from terms
