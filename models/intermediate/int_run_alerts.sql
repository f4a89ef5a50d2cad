-- One row per run, kind of alert, page and week that the run raised one about. A view: an alert is there
-- as soon as it is raised.

{{ config(materialized='view') }}

with

alerts as (

    select * from {{ source('operations', 'system_alerts') }}

    where opened_at <= {{ as_of() }}

),

planned as (

    select * from {{ ref('stg_schedule_templates') }}

),

schedules as (

    select
        schedule_id,
        min(week_start) as week_start,
        max(case when status = 'active' then 1 else 0 end) = 1 as is_active

    from planned

    group by schedule_id

),

-- An active week made illegal is not the week that the run plans.
dated as (

    select
        alerts.run_id,
        alerts.alert_type,
        alerts.page_name,
        case
            when alerts.alert_type = 'active_week_illegal'
                then coalesce(schedules.week_start, alerts.week_start)
            else alerts.week_start
        end as week_start,
        alerts.alert_id,
        alerts.severity,
        alerts.schedule_id,
        coalesce(schedules.is_active, false) as is_schedule_active,
        alerts.detail,
        alerts.value,
        alerts.threshold,
        alerts.opened_at

    from alerts

    left join schedules on alerts.schedule_id = schedules.schedule_id

),

-- A dry run and its publication are one run and may give two reasons: one speaks for both.
numbered as (

    select
        *,
        row_number() over (
            partition by run_id, alert_type, page_name, week_start
            order by alert_id
        ) as occurrence

    from dated

),

raised as (

    select
        run_id,
        alert_type,
        page_name,
        week_start,
        alert_id,
        severity,
        schedule_id,
        is_schedule_active,
        detail,
        value,
        threshold,
        opened_at

    from numbered

    where occurrence = 1

)

select * from raised
