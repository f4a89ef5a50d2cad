-- One row per planned message of every schedule version. Its columns are those of the table, which
-- `macros/operations.sql` lists: the scheduler writes clean names and types.

with

source as (

    select * from {{ source('operations', 'schedule_templates') }}

)

select * from source
