{# The config `partition_by` for one partition a day of a timestamp column. DuckDB has no partitions. #}

{% macro by_day(column) -%}
    {{ return(adapter.dispatch('by_day', 'eros')(column)) }}
{%- endmacro %}

{% macro default__by_day(column) -%}
    {{ return(none) }}
{%- endmacro %}

{% macro bigquery__by_day(column) -%}
    {{ return({'field': column, 'data_type': 'timestamp', 'granularity': 'day'}) }}
{%- endmacro %}
