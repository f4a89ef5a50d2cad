-- One row per alert. A view: an alert is there as soon as it is raised.

{{ config(materialized='view') }}

with

raised as (

    select * from {{ source('operations', 'system_alerts') }}

),

pages as (

    select * from {{ ref('int_pages') }}

),

shown as (

    select
        raised.alert_id,
        raised.alert_type,
        raised.severity,
        raised.page_name,
        pages.platform,
        raised.week_start,
        raised.schedule_id,
        raised.detail,
        raised.opened_at,
        raised.run_id

    from raised

    left join pages
        on raised.page_name = pages.page_name

)

select * from shown
