-- One row per page and week that was planned or refused: the version that stands, what was expected of it,
-- what its rules cost and what came of it. A view: a week is there as soon as it is written.

{{ config(schema='marts') }}

with

planned as (

    select * from {{ ref('stg_schedule_templates') }}

),

decisions as (

    select * from {{ ref('run_pages') }}

),

performance as (

    select * from {{ ref('schedule_performance') }}

),

violations as (

    select * from {{ ref('schedule_violations') }}

),

pages as (

    select * from {{ ref('int_pages') }}

),

-- A week's own figures stand on each of its messages.
versions as (

    select
        schedule_id,
        page_name,
        week_start,
        max(status) as status,
        max(as_of) as planned_on,
        max(written_at) as written_at,
        count(*) as message_count,
        count(case when is_explored then 1 end) as explored_message_count,
        count(case when is_locked then 1 end) as locked_message_count,
        max(week_expected_revenue) as expected_revenue,
        max(week_revenue_low) as revenue_low,
        max(week_revenue_high) as revenue_high,
        max(week_upper_bound) as revenue_upper_bound,
        max(week_gap) as gap,
        max(week_conflict_cost) as shared_caption_cost,
        sum(coalesce(revenue_given_up, 0)) as exploration_cost,
        max(week_relaxed) as relaxed_rules,
        max(week_binding) as binding_rules,
        max(confidence) as confidence

    from planned

    group by schedule_id, page_name, week_start

),

-- The published version stands, else the last one written.
ranked_versions as (

    select
        *,
        count(*) over (partition by page_name, week_start) as version_count,
        row_number() over (
            partition by page_name, week_start
            order by case when status = 'active' then 0 else 1 end, written_at desc, schedule_id
        ) as version_rank

    from versions

),

ranked_decisions as (

    select
        *,
        row_number() over (
            partition by page_name, week_start
            order by as_of desc, finished_at desc, run_id
        ) as decision_rank

    from decisions

),

broken as (

    select
        schedule_id,
        count(case when tier = 1 then 1 end) as blocking_violation_count,
        count(case when tier = 2 then 1 end) as warning_count,
        count(case when tier = 3 then 1 end) as note_count

    from violations

    group by schedule_id

),

standing as (

    select * from ranked_versions

    where version_rank = 1

),

last_decisions as (

    select * from ranked_decisions

    where decision_rank = 1

),

joined as (

    select
        coalesce(standing.page_name, last_decisions.page_name) as page_name,
        coalesce(standing.week_start, last_decisions.week_start) as week_start,
        coalesce(standing.status, last_decisions.status) as status,
        coalesce(standing.schedule_id, last_decisions.schedule_id) as schedule_id,
        coalesce(standing.version_count, 0) as version_count,
        standing.planned_on,
        standing.written_at,
        coalesce(standing.message_count, 0) as message_count,
        coalesce(standing.explored_message_count, 0) as explored_message_count,
        coalesce(standing.locked_message_count, 0) as locked_message_count,
        standing.confidence,

        ---------- what was expected, and what held it back
        standing.expected_revenue,
        standing.revenue_low,
        standing.revenue_high,
        standing.revenue_upper_bound,
        standing.gap,
        standing.shared_caption_cost,
        standing.exploration_cost,
        standing.relaxed_rules,
        standing.binding_rules,
        coalesce(broken.blocking_violation_count, 0) as blocking_violation_count,
        coalesce(broken.warning_count, 0) as warning_count,
        coalesce(broken.note_count, 0) as note_count,
        case when coalesce(standing.status, '') <> 'active' then last_decisions.reason end as blocked_reason,
        last_decisions.run_id as last_run_id

    from standing

    full outer join last_decisions
        on
            standing.page_name = last_decisions.page_name
            and standing.week_start = last_decisions.week_start

    left join broken on standing.schedule_id = broken.schedule_id

),

described as (

    select
        joined.*,
        coalesce({{ add_days('joined.week_start', 7) }} <= pages.as_of_local_date, false) as is_week_over,

        ---------- what came of it, of a published week
        coalesce(performance.due_message_count, 0) as due_message_count,
        coalesce(performance.known_message_count, 0) as known_message_count,
        coalesce(performance.executed_message_count, 0) as executed_message_count,
        performance.execution_rate,
        coalesce(performance.within_interval_count, 0) as within_interval_count,
        coalesce(performance.interval_count, 0) as interval_count,
        performance.planned_revenue as known_expected_revenue,
        performance.actual_revenue,
        performance.revenue_error

    from joined

    left join pages on joined.page_name = pages.page_name

    left join performance on joined.schedule_id = performance.schedule_id

)

select * from described
