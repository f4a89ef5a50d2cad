-- One row per page ('(all)': the agency) and caption_key that it sent: what came of it, and its lift over
-- the average caption.

with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

page_rates as (

    select
        page_name,
        {{ safe_ratio('sum(weight * purchase_purchases)', 'sum(weight * purchase_recipients)') }}
            as purchases_per_recipient,
        {{ safe_ratio('sum(weight * revenue_earnings)', 'sum(weight * revenue_recipients)') }}
            as dollars_per_recipient

    from messages

    group by page_name

),

dispersion as (

    select * from {{ ref('int_lift_dispersion') }}

),

-- Expected: what the page's average priced message would have earned from the same recipients. Earnings,
-- not purchases: what is good is priced higher and sells to fewer.
compared as (

    select
        messages.*,
        page_rates.purchases_per_recipient,
        page_rates.dollars_per_recipient,
        case
            when messages.is_priced_rated and messages.earnings is not null
                then messages.earnings
        end as rated_earnings,
        case
            when messages.is_priced_rated and messages.earnings is not null
                then messages.sent_count * page_rates.dollars_per_recipient
        end as expected_earnings,
        case when messages.is_priced_rated then messages.weight end as priced_weight

    from messages

    inner join page_rates on messages.page_name = page_rates.page_name

    where messages.caption_key is not null

),

-- One message tells little of its caption, however many it reached: its sales vary by dispersion x the
-- square of what is expected, so it counts as expected / (1 + dispersion x expected) purchases.
credited as (

    select
        compared.*,
        case
            when compared.expected_earnings > 0
                then compared.sent_count * compared.purchases_per_recipient
                / (1 + dispersion.dispersion * compared.sent_count * compared.purchases_per_recipient)
        end as evidence

    from compared

    cross join dispersion

),

scoped as (

    select
        credited.page_name as scope_name,
        credited.*

    from credited

    union all

    select
        '(all)' as scope_name,
        credited.*

    from credited

),

summed as (

    select
        scope_name,
        caption_key,
        min(message) as caption_text,
        count(*) as sends,
        count(distinct page_name) as page_count,
        sum(case when is_priced then 1 else 0 end) as priced_sends,
        coalesce(sum(sent_count), 0) as recipients,
        coalesce(sum(viewed_count), 0) as views,
        coalesce(sum(purchased_count), 0) as purchases,
        coalesce(sum(earnings), 0) as earnings,
        {{ rate_sums('scoped') }}
        {{ effective_count('priced_weight') }} as effective_sends,
        coalesce(sum(rated_earnings), 0) as rated_earnings,
        coalesce(sum(expected_earnings), 0) as expected_earnings,
        coalesce(sum(evidence * rated_earnings / expected_earnings), 0) as evidence_earned,
        coalesce(sum(evidence), 0) as evidence,
        min(sent_at) as first_sent_at,
        max(sent_at) as last_sent_at

    from scoped

    group by scope_name, caption_key

),

shrunk as (

    select
        *,
        scope_name as page_name,
        -- Rounded, so that the order in which floats are summed cannot decide a rank.
        round(
            (evidence_earned + {{ var('caption_prior_purchases') }})
            / (evidence + {{ var('caption_prior_purchases') }}),
            9
        ) as caption_lift,
        evidence / (evidence + {{ var('caption_prior_purchases') }}) as evidence_share

    from summed

)

select * from shrunk
