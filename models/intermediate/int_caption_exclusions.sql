-- One row per page and caption_id that the page's restrictions, freshness or a better row of the text
-- refuse, with the first of them. May name rows that the page's vault or a banned term refuses too.

with

filters as (

    select * from {{ ref('int_caption_filters') }}

),

restrictions as (

    select * from {{ ref('int_caption_restrictions') }}

    -- one of some days binds the weeks that it touches: see caption_candidates
    where restricted_from is null and restricted_until is null

),

recent as (

    select * from {{ ref('int_caption_recent') }}

),

repeats as (

    select * from {{ ref('int_caption_repeats') }}

),

refused as (

    select
        page_name,
        caption_id,
        'page_restrictions' as filter_name

    from restrictions

    union all

    select
        page_name,
        caption_id,
        'fresh' as filter_name

    from recent

    union all

    select
        page_name,
        caption_id,
        'one_per_text' as filter_name

    from repeats

),

first_steps as (

    select
        refused.page_name,
        refused.caption_id,
        min(filters.step) as step

    from refused

    inner join filters on refused.filter_name = filters.filter_name

    group by refused.page_name, refused.caption_id

),

exclusions as (

    select
        first_steps.page_name,
        first_steps.caption_id,
        filters.filter_name as refused_by

    from first_steps

    inner join filters on first_steps.step = filters.step

)

select * from exclusions
