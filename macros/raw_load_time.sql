{# When a raw row was loaded. Rows that do not say so (another tool's table) are one load, before all others. #}

{% macro raw_load_time(columns) -%}
    coalesce({{ raw_column(columns, '_loaded_at', 'timestamp') }}, cast('1970-01-01 00:00:00' as timestamp))
{%- endmacro %}
