-- One row per page and age of its raw messages in whole days before its last known one (one for all without
-- a time that has come): how many, and how many have each flaw. Windows of data quality are sums of these.

with

quality_rows as (

    select * from {{ ref('int_quality_rows') }}

),

counted as (

    select
        page_name,
        is_dated,
        days_ago,
        count(*) as row_count,
        count(case when is_valid then 1 end) as valid_row_count,
        sum(present_field_count) as present_field_count,
        {%- for reason, about in quality_reasons().items() %}
        count(case when {{ about.condition }} then 1 end) as {{ reason }}_count{{ ',' if not loop.last }}
        {%- endfor %}

    from quality_rows

    group by page_name, is_dated, days_ago

)

select * from counted
