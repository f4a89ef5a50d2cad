-- One row per kind of alert that runs raise, page and week, and moment that says whether it holds: every
-- run that looked, the plan that replaced the week, and the end of the week.

{{ config(materialized='view') }}

with

raised as (

    select * from {{ ref('int_run_alerts') }}

),

executions as (

    select * from {{ source('operations', 'batch_execution_log') }}

    where as_of <= {{ as_of() }}

),

planned as (

    select * from {{ ref('stg_schedule_templates') }}

    where status in ('active', 'superseded')

),

pages as (

    select * from {{ ref('int_pages') }}

),

subjects as (

    select distinct
        alert_type,
        page_name,
        week_start

    from raised

),

runs as (

    select
        run_id,
        min(as_of) as observed_at,
        max(finished_at) as finished_at

    from executions

    group by run_id

),

decisions as (

    select distinct
        run_id,
        page_name,
        week_start

    from executions

),

-- Every run looks at all active weeks, and at the pages and the week that it plans.
looks as (

    select
        subjects.alert_type,
        subjects.page_name,
        subjects.week_start,
        runs.run_id,
        runs.observed_at,
        runs.finished_at

    from subjects

    cross join runs

    left join decisions
        on
            runs.run_id = decisions.run_id
            and subjects.page_name = decisions.page_name
            and subjects.week_start = decisions.week_start

    where subjects.alert_type = 'active_week_illegal' or decisions.run_id is not null

),

replacements as (

    select
        raised.alert_type,
        raised.page_name,
        raised.week_start,
        min(planned.as_of) as observed_at

    from raised

    inner join planned
        on
            raised.page_name = planned.page_name
            and raised.week_start = planned.week_start
            and raised.opened_at <= planned.as_of
            and raised.schedule_id <> planned.schedule_id

    where
        raised.alert_type = 'active_week_illegal'
        and not raised.is_schedule_active
        and planned.as_of <= {{ as_of() }}

    group by raised.alert_type, raised.page_name, raised.week_start, raised.alert_id

),

endings as (

    select
        subjects.alert_type,
        subjects.page_name,
        subjects.week_start,
        {{ to_utc(
            'cast(' ~ add_days('subjects.week_start', 7) ~ ' as datetime)',
            "coalesce(pages.timezone, " ~ sql_text(var('default_timezone')) ~ ")",
        ) }} as observed_at

    from subjects

    left join pages on subjects.page_name = pages.page_name

),

closings as (

    select * from replacements

    union all

    select * from endings

    where observed_at <= {{ as_of() }}

),

moments as (

    select
        looks.alert_type,
        looks.page_name,
        looks.week_start,
        looks.observed_at,
        looks.finished_at,
        looks.run_id,
        false as is_closing,
        raised.alert_id is not null as is_firing,
        raised.value,
        raised.threshold

    from looks

    left join raised
        on
            looks.run_id = raised.run_id
            and looks.alert_type = raised.alert_type
            and looks.page_name = raised.page_name
            and looks.week_start = raised.week_start

    union all

    select
        alert_type,
        page_name,
        week_start,
        observed_at,
        cast(null as timestamp) as finished_at,
        cast(null as string) as run_id,
        true as is_closing,
        false as is_firing,
        cast(null as {{ float_type() }}) as value,
        cast(null as {{ float_type() }}) as threshold

    from closings

)

select * from moments
