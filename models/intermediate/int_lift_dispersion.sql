-- One row: how much more the sales of a caption on a page vary than Poisson luck explains. The variance
-- of a caption's sales is its expected sales + dispersion x their square, by the method of moments.

with

messages as (

    select * from {{ ref('int_lift_messages') }}

),

captions as (

    select
        page_name,
        caption_key,
        sum(purchases) as purchases,
        sum(expected_purchases) as expected_purchases,
        sum(weight * expected_purchases) as poisson_variance

    from messages

    group by page_name, caption_key

),

excesses as (

    select
        expected_purchases,
        {{ safe_ratio(
            '(purchases - expected_purchases) * (purchases - expected_purchases) - poisson_variance',
            'expected_purchases',
        ) }} as excess

    from captions

),

estimated as (

    -- Rounded, so that the order in which floats are summed changes nothing.
    select
        round(
            greatest(0, coalesce({{ safe_ratio('sum(excess)', 'sum(expected_purchases)') }}, 0)), 9
        ) as dispersion

    from excesses

)

select * from estimated
