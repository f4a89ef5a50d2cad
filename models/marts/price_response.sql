-- The mart of the Python model `price_response` where the target runs none: the same figures, as
-- `scheduler train` wrote them with the same function.

{{ config(materialized='view') }}

with

curves as (

    select * from {{ ref('stg_response_curves') }}

),

points as (

    select * from curves

    where curve = 'price'

),

best as (

    select * from curves

    where curve = 'optimal_price'

),

joined as (

    select
        points.page_name,
        points.x_value as price,
        points.estimate as revenue_index,
        points.low as index_low,
        points.high as index_high,
        points.best_share,
        points.x_value = best.x_value as is_best,
        best.low as best_price_low,
        best.high as best_price_high

    from points

    inner join best
        on points.page_name = best.page_name

)

select * from joined
