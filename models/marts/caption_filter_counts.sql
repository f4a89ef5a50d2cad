with

pages as (

    select page_name from {{ ref('stg_active_creators') }} where is_active

),

filters as (

    select * from {{ ref('int_caption_filters') }}

),

captions as (

    select * from {{ ref('int_caption_bank') }}

),

refusals as (

    select * from {{ ref('int_caption_refusals') }}

),

bank_totals as (

    select count(*) as bank_rows from captions

),

steps as (

    select
        pages.page_name,
        filters.step,
        filters.filter_name,
        bank_totals.bank_rows,
        coalesce(refusals.refused_rows, 0) as refused_rows

    from pages

    cross join filters

    cross join bank_totals

    left join refusals
        on
            pages.page_name = refusals.page_name
            and filters.filter_name = refusals.filter_name

),

accumulated as (

    select
        *,
        sum(refused_rows) over (
            partition by page_name
            order by step
            rows between unbounded preceding and current row
        ) as refused_so_far

    from steps

),

counted as (

    select
        page_name,
        cast(step as int64) as step,
        filter_name,
        cast(bank_rows - refused_so_far + refused_rows as int64) as rows_before,
        cast(bank_rows - refused_so_far as int64) as rows_after

    from accumulated

)

select * from counted
