-- One row per run and reason for which it published no week for a page. A view.

{{ config(materialized='view') }}

with

pages as (

    select * from {{ ref('run_pages') }}

),

blocked as (

    select
        run_id,
        min(week_start) as week_start,
        min(as_of) as as_of,
        outcome,
        coalesce(reason, '(none given)') as reason,
        count(*) as page_count,
        min(page_name) as example_page_name

    from pages

    where outcome in ('failed', 'refused')

    group by run_id, outcome, coalesce(reason, '(none given)')

)

select * from blocked
