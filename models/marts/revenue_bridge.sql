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

valued as (

    select
        *,
        coalesce(logarithmic_mean * ln(planned_messages / sent_messages), 0) as messages_dollars,
        coalesce(logarithmic_mean * ln(planned_hours / nullif(sent_hours, 0)), 0) as hours_dollars,
        coalesce(logarithmic_mean * ln(planned_prices / nullif(sent_prices, 0)), 0) as prices_dollars

    from meaned

),

-- What is left: captions and contents, recipients, and how rested they are.
parts as (

    select
        cast(1 as int64) as part_order,
        'messages' as part

    union all

    select
        cast(2 as int64) as part_order,
        'hours' as part

    union all

    select
        cast(3 as int64) as part_order,
        'prices' as part

    union all

    select
        cast(4 as int64) as part_order,
        'captions_and_rest' as part

),

stacked as (

    select
        valued.schedule_id,
        valued.page_name,
        valued.week_start,
        valued.recent_revenue,
        valued.planned_revenue,
        parts.part_order,
        parts.part,
        case parts.part
            when 'messages' then valued.sent_messages
            when 'hours' then valued.sent_hours
            when 'prices' then valued.sent_prices
        end as value_before,
        case parts.part
            when 'messages' then cast(valued.planned_messages as {{ float_type() }})
            when 'hours' then valued.planned_hours
            when 'prices' then valued.planned_prices
        end as value_now,
        case parts.part
            when 'messages' then valued.messages_dollars
            when 'hours' then valued.hours_dollars
            when 'prices' then valued.prices_dollars
            else
                valued.planned_revenue - valued.recent_revenue
                - valued.messages_dollars - valued.hours_dollars - valued.prices_dollars
        end as dollars

    from valued

    cross join parts

)

select * from stacked
