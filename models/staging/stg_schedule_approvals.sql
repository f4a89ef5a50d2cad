-- One row per approval of a week, and one per approval that a change made void. Its columns are those
-- of the table, which `macros/operations.sql` lists: the scheduler writes clean names and types.

with

source as (

    select * from {{ source('operations', 'schedule_approvals') }}

)

select * from source
