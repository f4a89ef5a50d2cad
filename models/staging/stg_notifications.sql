-- One row per alert or run and channel it was sent by. Its columns are those of the table, which
-- `macros/operations.sql` lists: the scheduler writes clean names and types.

with

source as (

    select * from {{ source('operations', 'notifications') }}

)

select * from source
