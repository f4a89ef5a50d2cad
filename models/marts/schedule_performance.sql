with

messages as (

    select * from {{ ref('schedule_performance_log') }}

),

unplanned as (

    select * from {{ ref('int_unplanned_sends') }}

    where replaced_message_id is null

),

planned_sums as (

    select
        schedule_id,
        page_name,
        week_start,
        count(*) as due_message_count,
        count(plan_error) as valued_message_count,
        count(case when outcome = 'as_planned' then 1 end) as as_planned_count,
        count(case when outcome = 'repriced' then 1 end) as repriced_count,
        count(case when outcome = 'replaced' then 1 end) as replaced_count,
        count(case when outcome = 'missed' then 1 end) as missed_count,
        count(case when outcome = 'unknown' then 1 end) as unknown_count,
        count(case when is_within_interval then 1 end) as within_interval_count,
        count(is_within_interval) as interval_count,
        sum(case when plan_error is not null then expected_revenue else 0 end) as planned_revenue,
        sum(case when plan_error is not null then actual_revenue else 0 end) as planned_slot_revenue,
        sum(coalesce(forecast_error, 0)) as forecast_error,
        sum(coalesce(execution_error, 0)) as execution_error,
        sum(coalesce(choice_error, 0)) as choice_error

    from messages

    group by schedule_id, page_name, week_start

),

extra_sums as (

    select
        schedule_id,
        count(*) as extra_message_count,
        sum(earnings) as extra_revenue

    from unplanned

    group by schedule_id

),

joined as (

    select
        planned_sums.*,
        coalesce(extra_sums.extra_message_count, 0) as extra_message_count,
        coalesce(extra_sums.extra_revenue, 0) as extra_revenue

    from planned_sums

    left join extra_sums on planned_sums.schedule_id = extra_sums.schedule_id

),

rated as (

    select
        schedule_id,
        page_name,
        week_start,
        due_message_count,
        valued_message_count,
        as_planned_count,
        repriced_count,
        replaced_count,
        missed_count,
        unknown_count,
        extra_message_count,
        as_planned_count + repriced_count as executed_message_count,
        due_message_count - unknown_count as known_message_count,
        {{ safe_ratio('as_planned_count + repriced_count', 'due_message_count - unknown_count') }}
            as execution_rate,
        within_interval_count,
        interval_count,
        {{ safe_ratio('within_interval_count', 'interval_count') }} as within_interval_share,
        cast(planned_revenue as {{ float_type() }}) as planned_revenue,
        cast(planned_slot_revenue + extra_revenue as {{ float_type() }}) as actual_revenue,
        cast(planned_slot_revenue + extra_revenue - planned_revenue as {{ float_type() }}) as revenue_error,
        cast(forecast_error as {{ float_type() }}) as forecast_error,
        cast(execution_error as {{ float_type() }}) as execution_error,
        cast(choice_error + extra_revenue as {{ float_type() }}) as choice_error

    from joined

)

select * from rated
