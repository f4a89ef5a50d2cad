-- One row per caption_key that any page sent: what came of it, and its lift over the average caption.

with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

price_rates as (

    select * from {{ ref('int_price_rates') }}

),

dispersion as (

    select * from {{ ref('int_lift_dispersion') }}

),

-- Expected: what the page's average message at that price would have sold to the same recipients.
compared as (

    select
        messages.*,
        case
            when messages.is_priced_rated and messages.purchased_count is not null
                then messages.purchased_count
        end as rated_purchases,
        case
            when messages.is_priced_rated and messages.purchased_count is not null
                then messages.sent_count * price_rates.purchases_per_recipient
        end as expected_purchases,
        case when messages.is_priced_rated then messages.weight end as priced_weight

    from messages

    left join price_rates
        on
            messages.page_name = price_rates.page_name
            and {{ price_cents('messages.price') }} = price_rates.price_cents

    where messages.caption_key is not null

),

-- One message tells little of its caption, however many it reached: its sales vary by dispersion x the
-- square of what is expected, so it counts as expected / (1 + dispersion x expected) purchases.
credited as (

    select
        compared.*,
        1 / (1 + dispersion.dispersion * compared.expected_purchases) as credibility

    from compared

    cross join dispersion

),

summed as (

    select
        caption_key,
        min(message) as caption_text,
        count(*) as sends,
        count(distinct page_name) as page_count,
        sum(case when is_priced then 1 else 0 end) as priced_sends,
        coalesce(sum(sent_count), 0) as recipients,
        coalesce(sum(viewed_count), 0) as views,
        coalesce(sum(purchased_count), 0) as purchases,
        coalesce(sum(earnings), 0) as earnings,
        {{ safe_ratio('sum(view_views)', 'sum(view_recipients)') }} as view_rate,
        {{ safe_ratio('sum(conversion_purchases)', 'sum(conversion_views)') }} as conversion_rate,
        {{ safe_ratio('sum(revenue_earnings)', 'sum(revenue_recipients)') }} as revenue_per_send,
        {{ safe_ratio('sum(priced_weight) * sum(priced_weight)', 'sum(priced_weight * priced_weight)') }}
            as effective_sends,
        coalesce(sum(rated_purchases), 0) as rated_purchases,
        coalesce(sum(expected_purchases), 0) as expected_purchases,
        coalesce(sum(credibility * rated_purchases), 0) as credible_purchases,
        coalesce(sum(credibility * expected_purchases), 0) as credible_expected,
        min(sent_at) as first_sent_at,
        max(sent_at) as last_sent_at

    from credited

    group by caption_key

),

shrunk as (

    select
        *,
        -- Rounded, so that the order in which floats are summed cannot decide a rank.
        round(
            (credible_purchases + {{ var('caption_prior_purchases') }})
            / (credible_expected + {{ var('caption_prior_purchases') }}),
            9
        ) as caption_lift,
        credible_expected
        / (credible_expected + {{ var('caption_prior_purchases') }}) as evidence_share

    from summed

)

select * from shrunk
