-- One row per active page and caption_id that the page's vault allows, with the first later
-- filter that refuses it (NULL: a candidate) and the candidate's rank in its class.

{{ config(materialized='view') }}

with

checks as (

    select * from {{ ref('int_caption_checks') }}

),

-- Rows already refused are ranked apart, among themselves.
text_ranked as (

    select
        *,
        row_number() over (
            partition by page_name, caption_key, refused_by
            order by overall_performance_score desc nulls last, caption_id
        ) as text_rank

    from checks

),

one_per_text as (

    select
        page_name,
        caption_id,
        caption_key,
        content_category_key,
        energy,
        overall_performance_score,
        last_used_at,
        caption_lift,
        case
            when refused_by is null and text_rank > 1 then 'one_per_text'
            else refused_by
        end as refused_by

    from text_ranked

),

class_ranked as (

    select
        *,
        row_number() over (
            partition by page_name, content_category_key, energy, refused_by
            order by caption_lift desc, overall_performance_score desc nulls last, caption_key, caption_id
        ) as class_rank

    from one_per_text

),

best_of_class as (

    select
        page_name,
        caption_id,
        caption_key,
        last_used_at,
        caption_lift,
        case
            when refused_by is null and class_rank > {{ var('candidates_per_class') }} then 'best_of_class'
            else refused_by
        end as refused_by,
        case
            when refused_by is null and class_rank <= {{ var('candidates_per_class') }} then class_rank
        end as candidate_rank

    from class_ranked

)

select * from best_of_class
