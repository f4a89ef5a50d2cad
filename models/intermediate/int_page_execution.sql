-- One row per page and local day with published messages of which is known whether they were sent: how
-- many those are, and how many were.

with

due as (

    select * from {{ ref('int_schedule_due') }}

    where was_sent is not null

),

counted as (

    select
        page_name,
        local_date,
        count(*) as scheduled_count,
        count(case when was_sent then 1 end) as executed_count

    from due

    group by page_name, local_date

)

select * from counted
