-- One row per active page and filter that refused any bank row, with how many.

with

pages as (

    select page_name from {{ ref('stg_active_creators') }} where is_active

),

captions as (

    select * from {{ ref('int_caption_bank') }}

),

checks as (

    select * from {{ ref('int_caption_checks') }}

),

-- The filters before the vault refuse the same rows for every page.
bank_totals as (

    select
        coalesce(sum(case when refused_by is null then 1 else 0 end), 0) as rows_before_vault

    from captions

),

bank_refusals as (

    select
        refused_by as filter_name,
        count(*) as refused_rows

    from captions

    where refused_by is not null

    group by refused_by

),

-- Counted, not ranked: the pages' rows are by far the most of the project.
classes as (

    select
        page_name,
        refused_by,
        content_category_key,
        energy,
        count(*) as class_rows

    from checks

    group by page_name, refused_by, content_category_key, energy

),

check_refusals as (

    select
        page_name,
        refused_by as filter_name,
        sum(class_rows) as refused_rows

    from classes

    where refused_by is not null

    group by page_name, refused_by

),

class_refusals as (

    select
        page_name,
        'best_of_class' as filter_name,
        sum(class_rows - {{ var('candidates_per_class') }}) as refused_rows

    from classes

    where refused_by is null and class_rows > {{ var('candidates_per_class') }}

    group by page_name

),

vault_refusals as (

    select
        pages.page_name,
        'vault' as filter_name,
        bank_totals.rows_before_vault - coalesce(sum(classes.class_rows), 0) as refused_rows

    from pages

    cross join bank_totals

    left join classes on pages.page_name = classes.page_name

    group by pages.page_name, bank_totals.rows_before_vault

),

refusals as (

    select
        pages.page_name,
        bank_refusals.filter_name,
        bank_refusals.refused_rows

    from pages

    cross join bank_refusals

    union all

    select * from check_refusals

    union all

    select * from class_refusals

    union all

    select * from vault_refusals

)

select * from refusals
