-- One row per changed field of a planned message, with what the edit costs or earns. A view: an edit is
-- there as soon as it is made.

{{ config(materialized='view') }}

with

edits as (

    select * from {{ ref('stg_schedule_edits') }}

),

-- A message that was moved and repriced at once has one difference in dollars, shared by both edits; so
-- have all edits of a version the difference of its week, in which other messages tire less or more.
counted as (

    select
        *,
        count(*) over (partition by schedule_id, message_id, made_at) as message_edit_count,
        count(week_expected_after) over (partition by schedule_id, schedule_id_before, made_at) as version_edit_count

    from edits

),

valued as (

    select
        edit_id,
        schedule_id,
        schedule_id_before,
        page_name,
        week_start,
        message_id,
        kind,
        field,
        value_before,
        value_after,
        expected_before,
        expected_after,
        week_expected_before,
        week_expected_after,
        message_edit_count,
        version_edit_count,
        (expected_after - expected_before) / message_edit_count as message_revenue_change,
        (week_expected_after - week_expected_before) / nullif(version_edit_count, 0) as revenue_change,
        made_by,
        made_at,
        source

    from counted

)

select * from valued
