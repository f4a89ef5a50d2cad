-- Posterior draws of the last training. The table holds no other: a training replaces them. Draws
-- of a version that knew no knots of the price's effect are straight.

with

source as (

    select * from {{ source('operations', 'response_draws') }}

),

renamed as (

    select
        training_hash,
        page_name,
        draw,
        fatigue_short,
        fatigue_middle,
        fatigue_long,
        hours_short,
        hours_middle,
        hours_long,
        typical_revenue,
        largest_volume,
        price_centre,
        price_low,
        price_high,
        price_linear,
        coalesce(price_above_1, 0.0) as price_above_1,
        coalesce(price_above_2, 0.0) as price_above_2,
        coalesce(price_above_3, 0.0) as price_above_3,
        coalesce(tail, 0.1) as tail,
        as_of,
        trained_at

    from source

)

select * from renamed
