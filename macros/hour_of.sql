{# Hour 0-23 of a local clock value. #}

{% macro hour_of(local_at) -%}
    cast(extract(hour from {{ local_at }}) as int64)
{%- endmacro %}
