-- One row per holiday: what share of its week's messages the day may have.

{{ config(materialized='view') }}

with

holidays as (

    select * from {{ ref('holidays') }}

),

multipliers as (

    select * from {{ ref('day_multipliers') }}

),

weeks as (

    select distinct
        cast(
            {{ monday_of('holiday_date') }} as date
        ) as week_start

    from holidays

),

days as (

    select
        weeks.week_start,
        cast(
            {{ add_days('weeks.week_start', 'multipliers.iso_weekday - 1') }} as date
        ) as local_date,
        multipliers.multiplier

    from weeks

    cross join multipliers

),

weighted as (

    select
        days.week_start,
        days.local_date,
        holidays.holiday_name,
        holidays.factor,
        days.multiplier * coalesce(holidays.factor, 1.0) as day_weight

    from days

    left join holidays on days.local_date = holidays.holiday_date

),

totalled as (

    select
        *,
        sum(day_weight) over (partition by week_start) as week_weight

    from weighted

),

shared as (

    select
        local_date,
        holiday_name,
        factor as holiday_factor,
        case
            when factor = 1.0 then 1.0
            else {{ share_cap('day_weight', 'week_weight') }}
        end as day_share_cap

    from totalled

    where factor is not null

)

select * from shared
