-- One row per thing that was done about an alert: somebody has seen it, or a channel has carried it.
-- A view: it is there as soon as it is done.

{{ config(materialized='view') }}

with

acknowledgements as (

    select * from {{ ref('stg_alert_acknowledgements') }}

),

notifications as (

    select * from {{ ref('stg_notifications') }}

),

marks as (

    select
        acknowledgement_id as mark_id,
        'acknowledged' as mark,
        alert_id,
        alert_type,
        page_name,
        week_start,
        as_of,
        acknowledged_at as marked_at,
        acknowledged_by as marked_by,
        note

    from acknowledgements

    union all

    select
        notification_id as mark_id,
        channel as mark,
        alert_id,
        alert_type,
        page_name,
        week_start,
        as_of,
        sent_at as marked_at,
        cast(null as string) as marked_by,
        cast(null as string) as note

    from notifications

    where kind = 'alert'

)

select * from marks
