-- One row per page and price of its usable priced messages: the purchases per recipient expected of its
-- average message at that price. Cheap messages sell more often, so how often a caption sold says
-- nothing unless its prices are taken into account.

with

messages as (

    select
        page_name,
        weight * purchase_purchases as purchase_purchases,
        weight * purchase_recipients as purchase_recipients,
        {{ price_cents('price') }} as price_cents

    from {{ ref('int_caption_messages') }}

    where weight is not null and purchase_purchases is not null and purchase_recipients is not null

),

nearest as (

    select * from {{ ref('int_price_points') }}

),

sold as (

    select
        messages.page_name,
        messages.price_cents,
        nearest.point_cents,
        sum(messages.purchase_purchases) as purchases,
        sum(messages.purchase_recipients) as recipients

    from messages

    inner join nearest on messages.price_cents = nearest.price_cents

    group by messages.page_name, messages.price_cents, nearest.point_cents

),

page_rates as (

    select
        page_name,
        {{ safe_ratio('sum(purchases)', 'sum(recipients)') }} as purchases_per_recipient

    from sold

    group by page_name

),

-- What all pages sold at a price point over what they would have sold at their own average price.
point_indexes as (

    select
        sold.point_cents,
        (sum(sold.purchases) + {{ var('caption_prior_purchases') }})
        / (
            sum(sold.recipients * page_rates.purchases_per_recipient)
            + {{ var('caption_prior_purchases') }}
        ) as point_index

    from sold

    inner join page_rates on sold.page_name = page_rates.page_name

    group by sold.point_cents

),

indexed as (

    select
        sold.*,
        point_indexes.point_index

    from sold

    inner join point_indexes on sold.point_cents = point_indexes.point_cents

),

-- At these levels a page's messages together are expected to sell what they sold.
page_levels as (

    select
        page_name,
        {{ safe_ratio('sum(purchases)', 'sum(recipients * point_index)') }} as page_level

    from indexed

    group by page_name

),

expected as (

    select
        indexed.page_name,
        indexed.price_cents,
        page_levels.page_level * indexed.point_index as purchases_per_recipient

    from indexed

    inner join page_levels on indexed.page_name = page_levels.page_name

)

select * from expected
