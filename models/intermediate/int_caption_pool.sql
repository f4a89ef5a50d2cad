-- One row per active page and caption_id that it may be given, with its rank in its class.

{{ config(materialized='view') }}

with

checks as (

    select * from {{ ref('int_caption_checks') }}

),

ranks as (

    select * from {{ ref('int_caption_ranks') }}

),

class_ranked as (

    select
        checks.page_name,
        checks.caption_id,
        row_number() over (
            partition by checks.page_name, checks.content_category_key, checks.energy
            order by ranks.bank_rank
        ) as candidate_rank

    from checks

    inner join ranks on checks.caption_id = ranks.caption_id

    where checks.refused_by is null

),

best_of_class as (

    select * from class_ranked

    where candidate_rank <= {{ var('candidates_per_class') }}

)

select * from best_of_class
