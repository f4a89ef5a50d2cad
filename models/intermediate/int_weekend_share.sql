-- The one row that says what share of a week's messages Saturday and Sunday may have.

{{ config(materialized='view') }}

with

multipliers as (

    select * from {{ ref('day_multipliers') }}

),

totals as (

    select
        sum(case when iso_weekday >= 6 then multiplier else 0 end) as weekend_weight,
        sum(multiplier) as week_weight

    from multipliers

),

shared as (

    select {{ share_cap('weekend_weight', 'week_weight') }} as weekend_share_cap

    from totals

)

select * from shared
