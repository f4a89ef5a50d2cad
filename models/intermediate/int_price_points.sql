-- One row per price of a usable priced message, in cents, with the nearest price point.

with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

price_points as (

    select * from {{ ref('price_points') }}

),

prices as (

    select distinct {{ price_cents('price') }} as price_cents from messages where is_priced_rated

),

points as (

    select distinct {{ price_cents('price') }} as point_cents from price_points

),

-- Half way between two points, the lower one.
ranked as (

    select
        prices.price_cents,
        points.point_cents,
        row_number() over (
            partition by prices.price_cents
            order by abs(prices.price_cents - points.point_cents), points.point_cents
        ) as point_rank

    from prices

    cross join points

),

nearest as (

    select
        price_cents,
        point_cents

    from ranked

    where point_rank = 1

)

select * from nearest
