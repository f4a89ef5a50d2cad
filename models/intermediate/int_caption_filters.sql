-- One row per filter between the caption bank and a page's candidates, in the order they apply.

{{ config(materialized='view') }}

with

filters as (

    select 1 as step, 'in_bank' as filter_name
    union all
    select 2 as step, 'text_readable' as filter_name
    union all
    select 3 as step, 'usage_status' as filter_name
    union all
    select 4 as step, 'validation_level' as filter_name
    union all
    select 5 as step, 'category_known' as filter_name
    union all
    select 6 as step, 'vault' as filter_name
    union all
    select 7 as step, 'banned_terms' as filter_name
    union all
    select 8 as step, 'page_restrictions' as filter_name
    union all
    select 9 as step, 'fresh' as filter_name
    union all
    select 10 as step, 'one_per_text' as filter_name
    union all
    select 11 as step, 'best_of_class' as filter_name

)

select * from filters
