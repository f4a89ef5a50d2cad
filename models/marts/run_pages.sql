-- One row per run and page: what the run decided, how long it took, and what is blocked or failed, by name.
-- A view: a run is there as soon as it is logged.

{{ config(materialized='view') }}

with

executions as (

    select * from {{ source('operations', 'batch_execution_log') }}

),

alerts as (

    select * from {{ source('operations', 'system_alerts') }}

),

-- A dry run and its publication are one run: the last word on a page counts.
numbered as (

    select
        *,
        row_number() over (
            partition by run_id, page_name
            order by finished_at desc, status
        ) as occurrence

    from executions

),

failures as (

    select distinct
        run_id,
        page_name

    from alerts

    where alert_type = 'page_failed'

),

decided as (

    select
        numbered.run_id,
        numbered.page_name,
        numbered.week_start,
        numbered.schedule_id,
        numbered.as_of,
        numbered.started_at,
        numbered.finished_at,
        numbered.seconds,
        numbered.status,
        case
            when numbered.status = 'active' then 'published'
            when numbered.status <> 'blocked' then numbered.status
            when failures.page_name is not null then 'failed'
            else 'refused'
        end as outcome,
        numbered.reason,
        numbered.message_count,
        numbered.expected_revenue,
        numbered.gap,
        numbered.agency_revenue_low,
        numbered.agency_revenue_high

    from numbered

    left join failures
        on
            numbered.run_id = failures.run_id
            and numbered.page_name = failures.page_name

    where numbered.occurrence = 1

)

select * from decided
