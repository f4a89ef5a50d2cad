-- One row per time that somebody said of an alert that it is seen. Its columns are those of the table,
-- which `macros/operations.sql` lists: the scheduler writes clean names and types.

with

source as (

    select * from {{ source('operations', 'alert_acknowledgements') }}

)

select * from source
