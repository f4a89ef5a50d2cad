-- Each band of a trait must begin where the one below ends, the first at 0, and the last must be open.
-- A row: a text that has no value of the trait, or two.
with

bands as (

    select * from {{ ref('trait_bands') }}

),

joined as (

    select
        trait,
        trait_value,
        measure_from,
        measure_to,
        lag(measure_to) over (partition by trait order by measure_from) as previous_to,
        row_number() over (partition by trait order by measure_from) as band_number,
        count(*) over (partition by trait) as band_count

    from bands

),

broken as (

    select * from joined

    where
        measure_from <> coalesce(previous_to, 0)
        or (band_number = band_count) <> (measure_to is null)

)

select * from broken
