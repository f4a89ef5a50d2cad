-- One row per page and local day with published messages whose time has come: how many were planned
-- and how many of them were really sent.

with

planned as (

    select * from {{ ref('int_schedule_messages') }}

    where status = 'active' and send_at < {{ as_of() }}

),

matches as (

    select * from {{ ref('int_schedule_matches') }}

),

executed as (

    select distinct
        schedule_id,
        message_id

    from matches

),

counted as (

    select
        planned.page_name,
        planned.local_date,
        count(*) as scheduled_count,
        count(executed.message_id) as executed_count

    from planned

    left join executed
        on
            planned.schedule_id = executed.schedule_id
            and planned.message_id = executed.message_id

    group by planned.page_name, planned.local_date

)

select * from counted
