-- One row per active page and filter that refused any bank row, with how many.

with

pages as (

    select page_name from {{ ref('stg_active_creators') }} where is_active

),

captions as (

    select * from {{ ref('int_caption_bank') }}

),

pool as (

    select * from {{ ref('int_caption_pool') }}

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

pool_refusals as (

    select
        page_name,
        refused_by as filter_name,
        count(*) as refused_rows

    from pool

    where refused_by is not null

    group by page_name, refused_by

),

vault_refusals as (

    select
        pages.page_name,
        'vault' as filter_name,
        bank_totals.rows_before_vault - count(pool.caption_id) as refused_rows

    from pages

    cross join bank_totals

    left join pool on pages.page_name = pool.page_name

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

    select * from pool_refusals

    union all

    select * from vault_refusals

)

select * from refusals
