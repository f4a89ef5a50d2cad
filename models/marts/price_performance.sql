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

    inner join nearest on priced.price_cents = nearest.price_cents

    group by priced.page_name, priced.price_tier, nearest.point_cents

),

described as (

    select
        page_name,
        price_tier,
        cast(point_cents as {{ float_type() }}) / 100 as price_point,
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
