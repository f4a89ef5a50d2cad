with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

price_points as (

    select * from {{ ref('price_points') }}

),

price_tiers as (

    select * from {{ ref('price_tiers') }}

),

priced as (

    select * from messages where is_priced_rated

),

prices as (

    select distinct price from priced

),

-- The nearest price point; half way between two, the lower one.
ranked as (

    select
        prices.price,
        cast(price_points.price as {{ float_type() }}) as price_point,
        row_number() over (
            partition by prices.price
            order by abs(prices.price - price_points.price), price_points.price
        ) as point_rank

    from prices

    cross join price_points

),

placed as (

    select
        ranked.price,
        ranked.price_point,
        price_tiers.price_tier

    from ranked

    inner join price_tiers
        on
            ranked.price >= price_tiers.price_from
            and (ranked.price < price_tiers.price_to or price_tiers.price_to is null)

    where ranked.point_rank = 1

),

summed as (

    select
        priced.page_name,
        placed.price_tier,
        placed.price_point,
        count(*) as message_count,
        sum(priced.sent_count) as recipients,
        sum(priced.purchased_count) as purchases,
        sum(priced.earnings) as earnings,
        {{ safe_ratio(
            'sum(priced.revenue_weight) * sum(priced.revenue_weight)',
            'sum(priced.revenue_weight * priced.revenue_weight)'
        ) }} as effective_messages,
        {{ safe_ratio('sum(priced.weight * priced.price)', 'sum(priced.weight)') }} as mean_price,
        {{ safe_ratio('sum(priced.view_views)', 'sum(priced.view_recipients)') }} as view_rate,
        {{ safe_ratio('sum(priced.conversion_purchases)', 'sum(priced.conversion_views)') }}
            as conversion_rate,
        {{ safe_ratio('sum(priced.revenue_earnings)', 'sum(priced.revenue_recipients)') }}
            as revenue_per_send,
        {{ safe_ratio('sum(priced.revenue_earnings)', 'sum(priced.revenue_weight)') }}
            as revenue_per_message

    from priced

    inner join placed on priced.price = placed.price

    group by priced.page_name, placed.price_tier, placed.price_point

),

described as (

    select
        page_name,
        price_tier,
        price_point,
        message_count,
        cast(coalesce(recipients, 0) as int64) as recipients,
        cast(coalesce(purchases, 0) as int64) as purchases,
        coalesce(earnings, 0) as earnings,
        coalesce(effective_messages, 0) as effective_messages,
        mean_price,
        view_rate,
        conversion_rate,
        revenue_per_send,
        revenue_per_message

    from summed

)

select * from described
