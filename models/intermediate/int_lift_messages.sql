-- One row per priced message with a text that rates count: its decayed sales, and those that its page's
-- average message at that price would have made with the same recipients.

with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

price_rates as (

    select * from {{ ref('int_price_rates') }}

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

expected as (

    select
        numbered.message_key,
        numbered.page_name,
        numbered.caption_key,
        numbered.use_number,
        numbered.weight,
        numbered.weight * numbered.purchase_purchases as purchases,
        numbered.weight * numbered.purchase_recipients * price_rates.purchases_per_recipient as expected_purchases

    from numbered

    inner join price_rates
        on
            numbered.page_name = price_rates.page_name
            and {{ price_cents('numbered.price') }} = price_rates.price_cents

    where
        numbered.weight is not null
        and numbered.purchase_purchases is not null
        and numbered.purchase_recipients is not null

)

select * from expected
