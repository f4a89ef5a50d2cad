-- A view: it is small.

{{ config(materialized='view') }}

with

settings as (

    select * from {{ ref('creator_settings') }}

),

pages as (

    select * from {{ ref('int_pages') }}

),

weeks as (

    select
        page_name,
        {{ monday_of('as_of_local_date') }} as week_start

    from pages

),

in_force as (

    select
        settings.page_name
        {%- for setting in overridable_settings() %},
        settings.{{ setting }}
        {%- endfor %},
        settings.is_starter

    from settings

    inner join weeks
        on
            settings.page_name = weeks.page_name
            and {{ is_in_force('weeks.week_start', 'settings') }}

)

select * from in_force
