-- One row per page and local day with a valid message: unweighted sums, from which every decayed
-- figure of any day follows, since a weight depends only on the day.

with

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

flagged as (

    select
        *,
        is_usable and is_priced as is_rated,
        earnings is not null and sent_count is not null as has_rps,
        purchased_count is not null and viewed_count is not null as has_conversion

    from messages

),

summed as (

    select
        page_name,
        local_date,
        count(*) as message_count,
        count(caption_key) as keyed_message_count,
        count(case when is_usable then 1 end) as usable_message_count,
        count(case when is_rated then 1 end) as rated_message_count,
        sum(coalesce(earnings, 0)) as earnings,
        sum(coalesce(purchased_count, 0)) as purchased_count,
        sum(case when is_rated and has_rps then earnings else 0 end) as rps_earnings,
        sum(case when is_rated and has_rps then sent_count else 0 end) as rps_sent_count,
        sum(case when is_rated and has_conversion then purchased_count else 0 end)
            as conversion_purchased_count,
        sum(case when is_rated and has_conversion then viewed_count else 0 end)
            as conversion_viewed_count

    from flagged

    group by page_name, local_date

)

select * from summed
