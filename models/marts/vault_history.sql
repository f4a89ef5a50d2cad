with

recorded as (

    select * from {{ ref('vault_snapshot') }}

),

intervals as (

    select
        page_name,
        vault_column as content_type,
        vault_key,
        is_available,
        dbt_valid_from as valid_from,
        dbt_valid_to as valid_to

    from recorded

)

select * from intervals
