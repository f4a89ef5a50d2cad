-- One row per message of an active schedule whose slot and its tolerance have passed, with the send that
-- executed it, if one did.

with

planned as (

    select * from {{ ref('int_schedule_messages') }}

    where
        status = 'active'
        and {{ add_seconds('send_at', (var('execution_tolerance_hours') * 3600) | int) }}
            <= {{ as_of() }}

),

pairs as (

    select * from {{ ref('int_schedule_pairs') }}

),

sent as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

-- Messages arrive in loads, days late: nothing is known about slots after the last one.
known as (

    select max(sent_at) as known_until from sent

),

followed as (

    select
        planned.*,
        pairs.message_key,
        pairs.seconds_late,
        case
            when pairs.message_key is not null then true
            when planned.send_at <= known.known_until then false
        end as was_sent

    from planned

    cross join known

    left join pairs
        on
            planned.schedule_id = pairs.schedule_id
            and planned.message_id = pairs.message_id

)

select * from followed
