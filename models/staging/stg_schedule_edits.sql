-- One row per changed field of a planned message. Its columns are those of the table, which
-- `macros/operations.sql` lists: the scheduler writes clean names and types.

with

source as (

    select * from {{ source('operations', 'schedule_edits') }}

)

select * from source
