with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

nearest as (

    select * from {{ ref('int_price_points') }}

),

price_tiers as (

    select * from {{ ref('price_tiers') }}

),

priced as (

    select
        messages.*,
        {{ price_cents('messages.price') }} as price_cents,
        price_tiers.price_tier

    from messages

    inner join price_tiers
        on
            messages.price >= price_tiers.price_from
            and (messages.price < price_tiers.price_to or price_tiers.price_to is null)

    where messages.is_priced_rated

),

summed as (

    select
        priced.page_name,
        priced.price_tier,
        nearest.point_cents,
        {{ group_counts('priced') }},
        {{ rate_sums('priced') }}
        coalesce({{ effective_count('priced.weight * priced.revenue_messages') }}, 0) as effective_messages,
        {{ safe_ratio('sum(priced.weight * priced.price)', 'sum(priced.weight)') }} as mean_price

    from priced

    inner join nearest on priced.price_cents = nearest.price_cents

    group by priced.page_name, priced.price_tier, nearest.point_cents

),

described as (

    select
        summed.page_name,
        summed.price_tier,
        cast(summed.point_cents as {{ float_type() }}) / 100 as price_point,
        summed.message_count,
        summed.recipients,
        summed.purchases,
        summed.earnings,
        summed.effective_messages,
        summed.mean_price,
        {{ rate_columns('summed') }}
        {{ rates('summed') }}

    from summed

)

select * from described
