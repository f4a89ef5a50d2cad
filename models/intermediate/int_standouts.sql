-- One row per valid message that earned more than its page earns in weeks without it: more often a slipped
-- decimal point than a sale. It counts in what happened; the model does not learn from it.

with

messages as (

    select * from {{ ref('int_messages') }}

    where
        is_valid
        and days_ago >= 0
        and days_ago < {{ var('training_days') + var('replay_days') }}
        and {{ sent_since(var('training_days') + var('replay_days')) }}

),

pages as (

    select
        page_name,
        sum(earnings) as earnings,
        count(case when earnings > 0 then 1 end) as sold_count,
        (max(days_ago) - min(days_ago) + 1) / 7.0 as week_count

    from messages

    group by page_name

),

compared as (

    select
        messages.message_key,
        messages.page_name,
        messages.local_at,
        messages.price,
        messages.earnings,
        {{ safe_ratio('pages.earnings - messages.earnings', 'pages.week_count') }} as other_weekly_earnings

    from messages

    inner join pages on messages.page_name = pages.page_name

    where pages.sold_count >= {{ var('outlier_min_messages') }}

),

standing_out as (

    select
        message_key,
        page_name,
        local_at,
        price,
        earnings,
        other_weekly_earnings

    from compared

    where earnings > {{ var('evidence_standout_weeks') }} * other_weekly_earnings

)

select * from standing_out
