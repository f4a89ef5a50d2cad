-- One row per page and content type: stg_vault_matrix as it was at the last build. A table, since
-- unpivoting one column per content type takes longer to plan than all the rules together.

with

vault as (

    select * from {{ ref('stg_vault_matrix') }}

)

select * from vault
