-- One row per planned message of every schedule version, with its page's local time and the key
-- of its own text. A view: a rule must see the row that was written a second ago.

{{ config(materialized='view') }}

with

planned as (

    select * from {{ ref('stg_schedule_templates') }}

),

pages as (

    select * from {{ ref('int_pages') }}

),

zoned as (

    select
        planned.*,
        coalesce(pages.timezone, {{ sql_text(var('default_timezone')) }}) as timezone,
        -- computed here, so that an edited text is judged by what it says now
        {{ caption_key('planned.caption_text') }} as own_caption_key

    from planned

    left join pages
        on planned.page_name = pages.page_name

),

localised as (

    select
        *,
        {{ to_local('send_at', 'timezone') }} as local_at,
        {{ local_date(as_of(), 'timezone') }} < {{ add_days('week_start', 7) }} as is_week_open

    from zoned

),

timed as (

    select
        *,
        cast(local_at as date) as local_date,
        {{ hour_of('local_at') }} as local_hour,
        {{ iso_weekday('cast(local_at as date)') }} as iso_weekday

    from localised

)

select * from timed
