-- One row per message of an active schedule whose slot has passed: what was planned, what came of it, and
-- why the two differ.

{{ config(schema='operations') }}

with

due as (

    select * from {{ ref('int_schedule_due') }}

),

sent as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

replacements as (

    select * from {{ ref('int_unplanned_sends') }}

    where replaced_message_id is not null

),

compared as (

    select
        due.*,
        sent.sent_at,
        sent.price as sent_price,
        sent.sent_count,
        sent.purchased_count,
        sent.earnings as realised_revenue,
        replacements.message_key as replaced_by,
        case
            when due.was_sent and abs(coalesce(sent.price, 0) - due.price) < 0.005 then 'as_planned'
            when due.was_sent then 'repriced'
            when replacements.message_key is not null then 'replaced'
            when not due.was_sent then 'missed'
            else 'unknown'
        end as outcome,
        case
            when due.was_sent then sent.earnings
            when replacements.message_key is not null then replacements.earnings
            when not due.was_sent then 0
        end as actual_revenue

    from due

    left join sent on due.message_key = sent.message_key

    left join replacements
        on
            due.schedule_id = replacements.schedule_id
            and due.message_id = replacements.replaced_message_id

),

-- Another price is valued at plan: the purchases that were expected, each at the price that was asked.
split as (

    select
        *,
        actual_revenue - expected_revenue as plan_error,
        case
            when actual_revenue is null then null
            when outcome = 'missed' then -expected_revenue
            when outcome = 'repriced'
                then (coalesce(sent_price, 0) - price) * {{ safe_ratio('expected_revenue', 'price') }}
            else 0
        end as execution_error,
        case
            when actual_revenue is null then null
            when outcome = 'replaced' then actual_revenue - expected_revenue
            else 0
        end as choice_error

    from compared

),

shown as (

    select
        schedule_id,
        page_name,
        week_start,
        message_id,
        caption_id,
        own_caption_key as caption_key,
        content_category,
        local_date,
        send_at as planned_at,
        price as planned_price,
        expected_revenue,
        revenue_low,
        revenue_high,
        was_sent,
        message_key,
        sent_at,
        seconds_late / 60 as minutes_late,
        sent_price,
        sent_count,
        purchased_count,
        realised_revenue,
        realised_revenue - expected_revenue as revenue_error,
        realised_revenue >= revenue_low and realised_revenue <= revenue_high as is_within_interval,
        outcome,
        replaced_by,
        cast(actual_revenue as {{ float_type() }}) as actual_revenue,
        plan_error,
        plan_error - execution_error - choice_error as forecast_error,
        cast(execution_error as {{ float_type() }}) as execution_error,
        cast(choice_error as {{ float_type() }}) as choice_error

    from split

)

select * from shown
