{# Whole days from one date to a later one; negative when the "later" comes first. #}

{% macro days_between(later_date, earlier_date) -%}
    {{ return(adapter.dispatch('days_between', 'eros')(later_date, earlier_date)) }}
{%- endmacro %}

{% macro default__days_between(later_date, earlier_date) -%}
    {{ exceptions.raise_compiler_error("days_between: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__days_between(later_date, earlier_date) -%}
    date_diff('day', {{ earlier_date }}, {{ later_date }})
{%- endmacro %}

{% macro bigquery__days_between(later_date, earlier_date) -%}
    date_diff({{ later_date }}, {{ earlier_date }}, day)
{%- endmacro %}
