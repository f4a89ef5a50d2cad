-- One row per message of an active schedule whose slot has passed: what was planned, and what the
-- real send that executed it brought.

{{ config(schema='operations') }}

with

planned as (

    select * from {{ ref('int_schedule_messages') }}

    where
        status = 'active'
        and {{ add_seconds('send_at', (var('execution_tolerance_hours') * 3600) | int) }}
            <= {{ as_of() }}

),

matches as (

    select * from {{ ref('int_schedule_matches') }}

),

sent as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

-- Messages arrive in loads, days late: nothing is known about slots after the last one.
known as (

    select max(sent_at) as known_until from sent

),

active_matches as (

    select
        matches.schedule_id,
        matches.message_id,
        matches.message_key,
        matches.seconds_late

    from matches

    inner join planned
        on
            matches.schedule_id = planned.schedule_id
            and matches.message_id = planned.message_id

),

ranked as (

    select
        schedule_id,
        message_id,
        message_key,
        seconds_late,
        row_number() over (
            partition by schedule_id, message_id
            order by abs(seconds_late), message_key
        ) as send_rank,
        row_number() over (
            partition by message_key
            order by abs(seconds_late), schedule_id, message_id
        ) as plan_rank

    from active_matches

),

-- The two that are nearest to each other belong together: a send executes one message only.
executions as (

    select * from ranked

    where send_rank = 1 and plan_rank = 1

),

compared as (

    select
        planned.schedule_id,
        planned.page_name,
        planned.week_start,
        planned.message_id,
        planned.caption_id,
        planned.own_caption_key as caption_key,
        planned.content_category,
        planned.local_date,
        planned.send_at as planned_at,
        planned.price as planned_price,
        planned.expected_revenue,
        planned.revenue_low,
        planned.revenue_high,
        case
            when executions.message_key is not null then true
            when planned.send_at <= known.known_until then false
        end as was_sent,
        executions.message_key,
        sent.sent_at,
        executions.seconds_late / 60 as minutes_late,
        sent.price as sent_price,
        sent.sent_count,
        sent.purchased_count,
        sent.earnings as realised_revenue,
        sent.earnings - planned.expected_revenue as revenue_error,
        sent.earnings >= planned.revenue_low
        and sent.earnings <= planned.revenue_high as is_within_interval

    from planned

    cross join known

    left join executions
        on
            planned.schedule_id = executions.schedule_id
            and planned.message_id = executions.message_id

    left join sent
        on executions.message_key = sent.message_key

)

select * from compared
