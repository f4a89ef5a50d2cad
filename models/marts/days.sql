-- The days that metrics are laid out on: the window of history, and the weeks that may be planned.

with

holidays as (

    select * from {{ ref('holidays') }}

),

offsets as (

    {{ spine_integers(-var('lookback_days'), 7 * var('plan_horizon_weeks')) }}

),

dated as (

    select {{ add_days('cast(' ~ as_of() ~ ' as date)', 'spine_number') }} as calendar_date

    from offsets

),

numbered as (

    select
        calendar_date,
        {{ iso_weekday('calendar_date') }} as iso_weekday

    from dated

),

described as (

    select
        cast(numbered.calendar_date as date) as calendar_date,
        numbered.iso_weekday,
        cast({{ add_days('numbered.calendar_date', '1 - numbered.iso_weekday') }} as date)
            as week_start,
        holidays.holiday_name

    from numbered

    left join holidays
        on numbered.calendar_date = holidays.holiday_date

)

select * from described
