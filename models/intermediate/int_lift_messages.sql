-- One row per priced message with a text that rates count: its decayed sales, and those that its page's
-- average message of the same price tier would have made with the same recipients.

with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

price_tiers as (

    select * from {{ ref('price_tiers') }}

),

-- Numbered over messages of any age, so that a first use is the first.
numbered as (

    select
        *,
        row_number() over (
            partition by page_name, caption_key
            order by sent_at, message_key
        ) as use_number

    from messages

    where caption_key is not null

),

priced as (

    select
        numbered.message_key,
        numbered.page_name,
        numbered.caption_key,
        numbered.use_number,
        numbered.weight,
        numbered.purchase_purchases,
        numbered.purchase_recipients,
        price_tiers.price_tier

    from numbered

    inner join price_tiers
        on
            numbered.price >= price_tiers.price_from
            and (price_tiers.price_to is null or numbered.price < price_tiers.price_to)

    where numbered.purchase_purchases is not null and numbered.purchase_recipients is not null

),

rates as (

    select
        page_name,
        price_tier,
        {{ safe_ratio('sum(purchase_purchases)', 'sum(purchase_recipients)') }} as purchases_per_recipient

    from priced

    group by page_name, price_tier

),

expected as (

    select
        priced.message_key,
        priced.page_name,
        priced.caption_key,
        priced.use_number,
        priced.price_tier,
        priced.weight,
        priced.purchase_purchases as purchases,
        priced.purchase_recipients * rates.purchases_per_recipient as expected_purchases

    from priced

    inner join rates
        on
            priced.page_name = rates.page_name
            and priced.price_tier = rates.price_tier

)

select * from expected
