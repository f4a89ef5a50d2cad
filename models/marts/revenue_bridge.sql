-- One row per planned schedule and part of the difference between its projection and what the page's last
-- weeks earned. The parts add up to the difference: logarithmic mean Divisia index (Ang, 2005). A view:
-- a plan is there as soon as it is written.

{{ config(materialized='view') }}

with

messages as (

    select * from {{ ref('int_bridge_messages') }}

),

recent as (

    select * from {{ ref('int_recent_weeks') }}

),

planned as (

    select
        schedule_id,
        page_name,
        week_start,
        max(week_expected_revenue) as planned_revenue

    from {{ ref('int_schedule_messages') }}

    where status in ('active', 'proposed') and is_week_open

    group by schedule_id, page_name, week_start

),

sides as (

    select
        schedule_id,
        sum(case when is_planned then 1 else 0 end) as planned_messages,
        sum(case when is_planned then 0 else 1 end) as sent_messages,
        avg(case when is_planned then hour_index end) as planned_hours,
        avg(case when not is_planned then hour_index end) as sent_hours,
        avg(case when is_planned then price_index end) as planned_prices,
        avg(case when not is_planned then price_index end) as sent_prices

    from messages

    group by schedule_id

),

compared as (

    select
        planned.schedule_id,
        planned.page_name,
        planned.week_start,
        planned.planned_revenue,
        recent.weekly_earnings as recent_revenue,
        sides.planned_messages,
        sides.sent_messages / recent.week_count as sent_messages,
        sides.planned_hours,
        sides.sent_hours,
        sides.planned_prices,
        sides.sent_prices

    from planned

    inner join recent on planned.page_name = recent.page_name

    inner join sides on planned.schedule_id = sides.schedule_id

    where planned.planned_revenue > 0 and recent.weekly_earnings > 0 and sides.sent_messages > 0

),

-- Equal revenues have the revenue itself as their logarithmic mean.
meaned as (

    select
        *,
        case
            when abs(planned_revenue - recent_revenue) < 0.005 then recent_revenue
            else (planned_revenue - recent_revenue) / ln(planned_revenue / recent_revenue)
        end as logarithmic_mean

    from compared

),

parts as (

    select
        schedule_id,
        page_name,
        week_start,
        recent_revenue,
        planned_revenue,
        cast(1 as int64) as part_order,
        'messages' as part,
        sent_messages as value_before,
        cast(planned_messages as {{ float_type() }}) as value_now,
        logarithmic_mean * ln(planned_messages / sent_messages) as dollars

    from meaned

    union all

    select
        schedule_id,
        page_name,
        week_start,
        recent_revenue,
        planned_revenue,
        cast(2 as int64) as part_order,
        'hours' as part,
        sent_hours as value_before,
        planned_hours as value_now,
        logarithmic_mean * ln(planned_hours / nullif(sent_hours, 0)) as dollars

    from meaned

    union all

    select
        schedule_id,
        page_name,
        week_start,
        recent_revenue,
        planned_revenue,
        cast(3 as int64) as part_order,
        'prices' as part,
        sent_prices as value_before,
        planned_prices as value_now,
        logarithmic_mean * ln(planned_prices / nullif(sent_prices, 0)) as dollars

    from meaned

),

known as (

    select
        schedule_id,
        page_name,
        week_start,
        recent_revenue,
        planned_revenue,
        part_order,
        part,
        value_before,
        value_now,
        coalesce(dollars, 0) as dollars

    from parts

),

-- What is left: captions and contents, recipients, and how rested they are.
remainders as (

    select
        schedule_id,
        page_name,
        week_start,
        recent_revenue,
        planned_revenue,
        cast(4 as int64) as part_order,
        'captions_and_rest' as part,
        cast(null as {{ float_type() }}) as value_before,
        cast(null as {{ float_type() }}) as value_now,
        planned_revenue - recent_revenue - sum(dollars) as dollars

    from known

    group by schedule_id, page_name, week_start, recent_revenue, planned_revenue

),

stacked as (

    select * from known

    union all

    select * from remainders

)

select * from stacked
