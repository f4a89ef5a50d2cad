-- Every version of every schedule, message by message. A view: it shows what was just written. Its
-- columns are those of the contract.

{{ config(schema='marts') }}

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

)

select * from messages
