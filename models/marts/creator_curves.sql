-- One row per page, curve and point of the latest training. A view: the numbers are what the last
-- training wrote, which is also what the solver uses.

{{ config(materialized='view') }}

with

curves as (

    select * from {{ ref('stg_response_curves') }}

),

ranked as (

    select
        page_name,
        curve,
        x,
        x_value,
        estimate,
        low,
        high,
        row_number() over (
            partition by page_name, curve
            order by estimate desc, x_value, x
        ) as estimate_rank

    from curves

),

flagged as (

    select
        page_name,
        curve,
        x,
        x_value,
        estimate,
        low,
        high,
        curve = 'hour' and estimate_rank <= {{ var('prime_hours_count') }} as is_prime,
        estimate_rank as rank

    from ranked

)

select * from flagged
