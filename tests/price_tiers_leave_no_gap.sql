-- Each tier must begin where the one below ends, and the last must be open.
-- A row: a price that belongs to no tier, or to two.
with

tiers as (

    select * from {{ ref('price_tiers') }}

),

joined as (

    select
        price_tier,
        price_to,
        lead(price_from) over (order by price_from) as next_from

    from tiers

),

broken as (

    select * from joined

    where coalesce(price_to, -1) <> coalesce(next_from, -1)

)

select * from broken
