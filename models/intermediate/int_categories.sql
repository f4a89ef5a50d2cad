-- One row per content category of the caption bank and what it needs of a page's vault. A category
-- is a vault column by its letters and digits, else an alias in the seed content_types. What neither
-- knows is refused downstream, never guessed.

with

captions as (

    select * from {{ ref('stg_caption_bank') }}

),

vault_columns as (

    select * from {{ ref('stg_vault_columns') }}

),

content_types as (

    select * from {{ ref('content_types') }}

),

categories as (

    select distinct
        content_category,
        {{ letters_and_digits('content_category') }} as category_key

    from captions

    where content_category is not null

),

known_types as (

    select
        {{ letters_and_digits('content_category') }} as category_key,
        content_category as listed_category,
        content_type,
        {{ letters_and_digits('content_type') }} as type_key,
        intensity,
        needs_vault

    from content_types

),

matched as (

    select
        categories.content_category,
        known_types.intensity,
        known_types.listed_category,
        known_types.content_type as listed_type,
        coalesce(own_columns.vault_column, alias_columns.vault_column) as vault_column,
        own_columns.vault_column is null and not coalesce(known_types.needs_vault, true) as is_free

    from categories

    left join vault_columns as own_columns on categories.category_key = own_columns.vault_key

    left join known_types on categories.category_key = known_types.category_key

    left join vault_columns as alias_columns on known_types.type_key = alias_columns.vault_key

),

classified as (

    select
        content_category,
        case when not is_free then coalesce(vault_column, listed_type) end as content_type,
        -- one name for B/G, bg and Boy/Girl: the seed's, else the vault's
        case
            when is_free then listed_category
            else coalesce(listed_type, vault_column)
        end as category_name,
        case
            when intensity is not null then intensity
            when vault_column is not null then 'teasing'
        end as content_class,
        not is_free as needs_vault,
        is_free or vault_column is not null as is_known

    from matched

)

select * from classified
