-- One row per page: the valid message of the window that earned most, and what share of all it earned.

with

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid and is_in_window

),

ranked as (

    select
        page_name,
        local_at,
        price,
        purchased_count,
        earnings,
        sum(earnings) over (partition by page_name) as all_earnings,
        count(*) over (partition by page_name) as message_count,
        row_number() over (
            partition by page_name
            order by earnings desc nulls last, sent_at, message_key
        ) as earnings_rank

    from messages

),

largest as (

    select
        page_name,
        local_at as standout_at,
        price as standout_price,
        purchased_count as standout_purchases,
        earnings as standout_earnings,
        message_count,
        {{ safe_ratio('earnings', 'all_earnings') }} as standout_share

    from ranked

    where earnings_rank = 1

)

select * from largest
