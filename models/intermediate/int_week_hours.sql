-- One row per time zone and whole local hour of the planning weeks. Built in UTC, so an hour that
-- daylight saving skips is absent and one that it repeats is there twice.

{%- set as_of_midnight = 'cast(cast(' ~ as_of() ~ ' as date) as timestamp)' %}

with

pages as (

    select * from {{ ref('stg_active_creators') }}

),

-- From midnight UTC in steps of a quarter: every zone's offset is whole quarters, so each local
-- hour begins on a step.
spine as (

    {{ spine_timestamps(
        add_seconds(as_of_midnight, -9 * 86400),
        add_seconds(as_of_midnight, (7 * var('plan_horizon_weeks') + 2) * 86400),
        15
    ) }}

),

zones as (

    select
        timezone,
        {{ local_date(as_of(), 'timezone') }} as as_of_on

    from pages

    where is_active

    group by timezone

),

localised as (

    select
        zones.timezone,
        zones.as_of_on,
        spine.spine_at as send_at,
        {{ to_local('spine.spine_at', 'zones.timezone') }} as local_at

    from zones

    cross join spine

),

dated as (

    select
        timezone,
        send_at,
        local_at,
        {{ monday_of('as_of_on') }} as first_week_start,
        cast(local_at as date) as local_date

    from localised

    where extract(minute from local_at) = 0

),

hours as (

    select
        timezone,
        send_at,
        local_at,
        local_date,
        first_week_start,
        {{ iso_weekday('local_date') }} as iso_weekday,
        {{ hour_of('local_at') }} as local_hour

    from dated

),

weeks as (

    select
        timezone,
        send_at,
        local_at,
        local_date,
        local_hour,
        iso_weekday,
        {{ add_days('local_date', '1 - iso_weekday') }} as week_start

    from hours

    where
        local_date >= first_week_start
        and local_date < {{ add_days('first_week_start', 7 * var('plan_horizon_weeks')) }}

)

select * from weeks
