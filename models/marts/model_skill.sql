-- One row per scope and metric of the latest training. A view: it shows what was just trained.

{{ config(materialized='view') }}

with

skills as (

    select * from {{ ref('stg_model_skill') }}

),

listed as (

    select
        training_hash,
        scope,
        scope_value,
        metric,
        value,
        as_of

    from skills

)

select * from listed
