-- One row per active page and filter that refused any bank row, with how many. Counted by class of
-- captions; of pages times captions only the few rows that a page refuses by itself are looked at.

with

pages as (

    select page_name from {{ ref('stg_active_creators') }} where is_active

),

bank as (

    select * from {{ ref('int_caption_bank') }}

),

captions as (

    select * from bank where refused_by is null

),

vault as (

    select * from {{ ref('int_caption_vault') }}

),

exclusions as (

    select * from {{ ref('int_caption_exclusions') }}

),

-- The filters before the vault refuse the same rows for every page.
bank_totals as (

    select count(*) as rows_before_vault from captions

),

bank_refusals as (

    select
        refused_by as filter_name,
        count(*) as refused_rows

    from bank

    where refused_by is not null

    group by refused_by

),

bank_classes as (

    select
        required_types,
        content_category_key,
        energy,
        count(*) as bank_rows,
        sum(case when is_banned then 1 else 0 end) as banned_rows

    from captions

    group by required_types, content_category_key, energy

),

-- What a page's vault allows of a class.
page_classes as (

    select
        vault.page_name,
        bank_classes.content_category_key,
        bank_classes.energy,
        sum(bank_classes.bank_rows) as allowed_rows,
        sum(bank_classes.banned_rows) as banned_rows

    from vault

    inner join bank_classes on vault.required_types = bank_classes.required_types

    group by vault.page_name, bank_classes.content_category_key, bank_classes.energy

),

-- What the page refuses by itself of what its vault and the banned terms leave.
excluded as (

    select
        exclusions.page_name,
        exclusions.refused_by,
        captions.content_category_key,
        captions.energy,
        count(*) as excluded_rows

    from exclusions

    inner join captions on exclusions.caption_id = captions.caption_id

    inner join vault
        on
            exclusions.page_name = vault.page_name
            and captions.required_types = vault.required_types

    where not captions.is_banned

    group by
        exclusions.page_name, exclusions.refused_by, captions.content_category_key, captions.energy

),

class_exclusions as (

    select
        page_name,
        content_category_key,
        energy,
        sum(excluded_rows) as excluded_rows

    from excluded

    group by page_name, content_category_key, energy

),

free_classes as (

    select
        page_classes.page_name,
        page_classes.allowed_rows - page_classes.banned_rows
        - coalesce(class_exclusions.excluded_rows, 0) as free_rows

    from page_classes

    left join class_exclusions
        on
            page_classes.page_name = class_exclusions.page_name
            and page_classes.content_category_key = class_exclusions.content_category_key
            and page_classes.energy = class_exclusions.energy

),

banned_refusals as (

    select
        page_name,
        'banned_terms' as filter_name,
        sum(banned_rows) as refused_rows

    from page_classes

    where banned_rows > 0

    group by page_name

),

page_refusals as (

    select
        page_name,
        refused_by as filter_name,
        sum(excluded_rows) as refused_rows

    from excluded

    group by page_name, refused_by

),

class_refusals as (

    select
        page_name,
        'best_of_class' as filter_name,
        sum(free_rows - {{ var('candidates_per_class') }}) as refused_rows

    from free_classes

    where free_rows > {{ var('candidates_per_class') }}

    group by page_name

),

vault_refusals as (

    select
        pages.page_name,
        'vault' as filter_name,
        bank_totals.rows_before_vault - coalesce(sum(page_classes.allowed_rows), 0) as refused_rows

    from pages

    cross join bank_totals

    left join page_classes on pages.page_name = page_classes.page_name

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

    select * from banned_refusals

    union all

    select * from page_refusals

    union all

    select * from class_refusals

    union all

    select * from vault_refusals

)

select * from refusals
