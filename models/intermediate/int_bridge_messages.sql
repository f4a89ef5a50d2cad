-- One row per priced message that a planned week is compared with, and per message of that week, with
-- what its hour and its price are worth to the page by the response curves. A view: a plan is there as
-- soon as it is written.

{{ config(materialized='view') }}

with

recent as (

    select * from {{ ref('int_recent_weeks') }}

),

sent as (

    select * from {{ ref('int_messages') }}

    where is_valid and is_priced

),

planned as (

    select * from {{ ref('int_schedule_messages') }}

    where status in ('active', 'proposed') and is_week_open

),

curves as (

    select * from {{ ref('stg_response_curves') }}

),

steps as (

    select * from {{ ref('int_price_steps') }}

),

schedules as (

    select distinct
        schedule_id,
        page_name

    from planned

),

sides as (

    select
        schedules.schedule_id,
        sent.page_name,
        false as is_planned,
        sent.local_hour,
        sent.iso_weekday,
        sent.price

    from schedules

    inner join recent on schedules.page_name = recent.page_name

    inner join sent
        on
            schedules.page_name = sent.page_name
            and sent.local_date >= recent.first_week_start
            and sent.local_date <= recent.last_date

    union all

    select
        planned.schedule_id,
        planned.page_name,
        true as is_planned,
        planned.local_hour,
        planned.iso_weekday,
        planned.price

    from planned

),

-- Between two points of the curve a straight line, outside of them the end.
priced as (

    select
        sides.schedule_id,
        sides.page_name,
        sides.is_planned,
        hours.estimate * weekdays.estimate as hour_index,
        case
            when steps.to_price is null or sides.price <= steps.from_price then steps.from_index
            else
                steps.from_index
                + (steps.to_index - steps.from_index)
                * (sides.price - steps.from_price) / (steps.to_price - steps.from_price)
        end as price_index

    from sides

    left join curves as hours
        on
            sides.page_name = hours.page_name
            and hours.curve = 'hour'
            and sides.local_hour = hours.x_value

    left join curves as weekdays
        on
            sides.page_name = weekdays.page_name
            and weekdays.curve = 'weekday'
            and sides.iso_weekday = weekdays.x_value

    left join steps
        on
            sides.page_name = steps.page_name
            and (sides.price >= steps.from_price or steps.step_number = 1)
            and (sides.price < steps.to_price or steps.to_price is null)

)

select * from priced
