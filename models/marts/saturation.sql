-- The mart of the Python model `saturation` where the target runs none: the same figures, as
-- `scheduler train` wrote them with the same function.

{{ config(materialized='view') }}

with

curves as (

    select * from {{ ref('stg_response_curves') }}

),

points as (

    select * from curves

    where curve = 'volume'

),

best as (

    select * from curves

    where curve = 'optimal_volume'

),

joined as (

    select
        points.page_name,
        cast(points.x_value as int64) as weekly_volume,
        points.estimate as weekly_revenue,
        points.low as revenue_low,
        points.high as revenue_high,
        points.best_share,
        points.x_value = best.x_value as is_best,
        cast(best.low as int64) as best_volume_low,
        cast(best.high as int64) as best_volume_high

    from points

    inner join best
        on points.page_name = best.page_name

)

select * from joined
