-- One row per planned message of an active schedule and the real send that executed it.

with

planned as (

    select * from {{ ref('int_schedule_messages') }}

    where status = 'active'

),

matches as (

    select * from {{ ref('int_schedule_matches') }}

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
paired as (

    select
        schedule_id,
        message_id,
        message_key,
        seconds_late

    from ranked

    where send_rank = 1 and plan_rank = 1

)

select * from paired
