-- One row per active page and caption_id that it may be given, with its rank in its class.

{{ config(materialized='view') }}

with

checks as (

    select * from {{ ref('int_caption_checks') }}

),

class_ranked as (

    select
        page_name,
        caption_id,
        row_number() over (
            partition by page_name, content_category_key, energy
            order by bank_rank
        ) as candidate_rank

    from checks

    where refused_by is null

),

best_of_class as (

    select * from class_ranked

    where candidate_rank <= {{ var('candidates_per_class') }}

)

select * from best_of_class
