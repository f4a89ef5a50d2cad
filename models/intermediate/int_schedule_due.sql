-- One row per message of an active schedule that was sent or whose slot and tolerance have passed, with the
-- send that executed it. Every count of executed messages is made of these.

{% set tolerance = (var('execution_tolerance_hours') * 3600) | int %}

with

planned as (

    select * from {{ ref('int_schedule_messages') }}

    where status = 'active'

),

pairs as (

    select * from {{ ref('int_schedule_pairs') }}

),

known as (

    select * from {{ ref('int_known_until') }}

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

    left join known on planned.page_name = known.page_name

    left join pairs
        on
            planned.schedule_id = pairs.schedule_id
            and planned.message_id = pairs.message_id

    where
        pairs.message_key is not null
        or planned.send_at <= known.known_until
        or {{ add_seconds('planned.send_at', tolerance) }} <= {{ as_of() }}

)

select * from followed
