-- One row per page and hour of the day: what is known of sends near that hour, by the page and by pages
-- like it. A curve has a value at every hour; where nobody tried one it is the pool's average and no more.

{% set reach = var('hour_evidence_hours') %}

with

standing as (

    select * from {{ ref('int_page_standing') }}

    where days_back = 0

),

messages as (

    select * from {{ ref('int_priced_messages') }}

    where
        days_ago >= 0
        and days_ago < {{ var('training_days') }}
        and {{ sent_since(var('training_days')) }}

),

clock as (

    {{ spine_integers(0, 23) }}

),

sent as (

    select
        standing.page_name,
        standing.creator_tier,
        messages.local_hour,
        count(*) as message_count

    from messages

    inner join standing on messages.page_name = standing.page_name

    group by standing.page_name, standing.creator_tier, messages.local_hour

),

-- The clock is a circle: 23:00 is an hour from midnight.
near as (

    select
        sent.page_name,
        sent.creator_tier,
        clock.spine_number as local_hour,
        sum(sent.message_count) as message_count

    from clock

    inner join sent
        on
            abs(clock.spine_number - sent.local_hour) <= {{ reach }}
            or abs(clock.spine_number - sent.local_hour) >= {{ 24 - reach }}

    group by sent.page_name, sent.creator_tier, clock.spine_number

),

tiers as (

    select
        creator_tier,
        local_hour,
        sum(message_count) as message_count

    from near

    group by creator_tier, local_hour

),

counted as (

    select
        standing.page_name,
        cast(clock.spine_number as int64) as local_hour,
        cast(coalesce(near.message_count, 0) as int64) as near_message_count,
        cast(coalesce(tiers.message_count, 0) - coalesce(near.message_count, 0) as int64) as peer_message_count

    from standing

    cross join clock

    left join near
        on
            standing.page_name = near.page_name
            and clock.spine_number = near.local_hour

    left join tiers
        on
            standing.creator_tier = tiers.creator_tier
            and clock.spine_number = tiers.local_hour

),

judged as (

    select
        *,
        near_message_count >= {{ var('hour_evidence_messages') }}
        or peer_message_count >= {{ var('hour_evidence_peer_messages') }} as has_evidence

    from counted

)

select * from judged
