with

levels as (

    select * from {{ ref('int_outlier_levels') }}

    where level_count >= {{ var('outlier_min_messages') }}

),

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid and is_in_window and {{ sent_since(var('lookback_days')) }}

),

-- 0.6745 is the median distance of a bell curve from its middle, in standard deviations.
-- Source: Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, ASQC.
scored as (

    select
        message_key,
        test,
        exp(level) as value,
        exp(median_level) as expected,
        case test
            when 'revenue_per_send' then 0.6745 * {{ safe_ratio('level - median_level', 'median_distance') }}
            else exp(level - median_level)
        end as score,
        case test
            when 'revenue_per_send' then {{ var('outlier_robust_z') }}
            else {{ var('outlier_recipients_factor') }}
        end as threshold

    from levels

),

far as (

    select * from scored

    where
        (test = 'revenue_per_send' and abs(score) > threshold)
        or (test = 'recipients' and (score > threshold or score * threshold < 1))

),

sales as (

    select
        message_key,
        earnings,
        coalesce(price, 0) * purchased_count as expected

    from messages

    where earnings is not null and purchased_count is not null

),

unpaid as (

    select
        message_key,
        'earnings' as test,
        earnings as value,
        expected,
        earnings - expected as score,
        0.01 + {{ var('outlier_earnings_tolerance') }} * expected as threshold

    from sales

    where abs(earnings - expected) > 0.01 + {{ var('outlier_earnings_tolerance') }} * expected

),

flagged as (

    select * from far

    union all

    select * from unpaid

),

described as (

    select
        messages.message_key,
        messages.row_id,
        messages.page_name,
        flagged.test,
        messages.sent_at,
        messages.local_date,
        messages.price,
        messages.sent_count,
        messages.purchased_count,
        messages.earnings,
        cast(flagged.value as {{ float_type() }}) as value,
        cast(flagged.expected as {{ float_type() }}) as expected,
        cast(flagged.score as {{ float_type() }}) as score,
        cast(flagged.threshold as {{ float_type() }}) as threshold

    from flagged

    inner join messages on flagged.message_key = messages.message_key

)

select * from described
