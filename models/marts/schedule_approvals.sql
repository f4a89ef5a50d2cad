-- One row per approval of a week, with what made it void. A view: an approval is there as soon as it is
-- given.

{{ config(materialized='view') }}

with

events as (

    select * from {{ ref('stg_schedule_approvals') }}

),

approvals as (

    select
        approval_id,
        schedule_id,
        page_name,
        week_start,
        content_hash,
        approved_by,
        approved_at,
        min(voided_at) as voided_at,
        min(reason) as reason,
        min(voided_at) is null as is_valid

    from events

    group by approval_id, schedule_id, page_name, week_start, content_hash, approved_by, approved_at

)

select * from approvals
