-- One row per version of a page's week that was ever written: who made it, where it stands on its way
-- from a proposal to what goes out, and what is expected of it. A view: a version is there at once.

{{ config(materialized='view') }}

with

planned as (

    select * from {{ ref('stg_schedule_templates') }}

),

edits as (

    select * from {{ ref('schedule_edits') }}

),

approvals as (

    select * from {{ ref('schedule_approvals') }}

),

versions as (

    select
        schedule_id,
        page_name,
        week_start,
        max(run_id) as run_id,
        max(status) as status,
        max(written_at) as written_at,
        min(send_at) as first_send_at,
        count(*) as message_count,
        count(case when is_locked then 1 end) as locked_message_count,
        max(week_expected_revenue) as expected_revenue,
        max(week_revenue_low) as revenue_low,
        max(week_revenue_high) as revenue_high

    from planned

    group by schedule_id, page_name, week_start

),

-- A lock changes the version itself and makes no new one.
hands as (

    select
        schedule_id,
        max(schedule_id_before) as schedule_id_before,
        max(made_by) as made_by,
        max(source) as source,
        count(*) as edit_count,
        sum(revenue_change) as revenue_change

    from edits

    where schedule_id <> schedule_id_before

    group by schedule_id

),

words as (

    select
        schedule_id,
        max(approved_by) as approved_by,
        max(approved_at) as approved_at

    from approvals

    where is_valid

    group by schedule_id

),

joined as (

    select
        versions.schedule_id,
        versions.page_name,
        versions.week_start,
        row_number() over (
            partition by versions.page_name, versions.week_start
            order by versions.written_at, versions.schedule_id
        ) as version_number,
        versions.run_id,
        versions.status,
        case
            when versions.status <> 'active' then versions.status
            {% if var('require_approval') %}
            when words.approved_by is null then 'proposed'
            when versions.first_send_at > {{ as_of() }} then 'approved'
            {% endif %}
            else 'active'
        end as stage,
        versions.written_at,
        hands.schedule_id_before,
        coalesce(hands.made_by, 'scheduler') as made_by,
        coalesce(hands.source, 'run') as source,
        coalesce(hands.edit_count, 0) as edit_count,
        hands.revenue_change,
        words.approved_by,
        words.approved_at,
        versions.message_count,
        versions.locked_message_count,
        versions.expected_revenue,
        versions.revenue_low,
        versions.revenue_high

    from versions

    left join hands on versions.schedule_id = hands.schedule_id

    left join words on versions.schedule_id = words.schedule_id

)

select * from joined
