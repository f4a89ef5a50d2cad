-- One row per active page and set of content types (required_types of the texts) that its vault
-- holds in full. A missing page, column or cell is not available.

{{ check_vault_enforcement() }}

with

pages as (

    select page_name from {{ ref('stg_active_creators') }} where is_active

),

vault as (

    select * from {{ ref('stg_vault_matrix') }}

),

texts as (

    select * from {{ ref('int_caption_texts') }}

),

categories as (

    select * from {{ ref('int_caption_categories') }}

),

type_sets as (

    select distinct required_types from texts where is_category_known

),

members as (

    select distinct
        texts.required_types,
        categories.content_type

    from texts

    inner join categories on texts.caption_key = categories.caption_key

    where texts.is_category_known and categories.content_type is not null

),

available as (

    select distinct
        page_name,
        vault_column

    from vault

    where is_available

),

-- A set without members (captions that need no vault type) has nothing to miss.
missing as (

    select distinct
        pages.page_name,
        members.required_types

    from pages

    cross join members

    left join available
        on
            pages.page_name = available.page_name
            and members.content_type = available.vault_column

    where available.page_name is null

),

allowed as (

    select
        pages.page_name,
        type_sets.required_types

    from pages

    cross join type_sets

    left join missing
        on
            pages.page_name = missing.page_name
            and type_sets.required_types = missing.required_types

    where missing.page_name is null

)

select * from allowed
