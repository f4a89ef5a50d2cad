{# Microseconds since 1970-01-01 00:00 UTC of a timestamp, int64: a moment as every engine writes it. #}

{% macro unix_micros(ts) -%}
    {{ return(adapter.dispatch('unix_micros', 'eros')(ts)) }}
{%- endmacro %}

{% macro default__unix_micros(ts) -%}
    {{ exceptions.raise_compiler_error("unix_micros: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__unix_micros(ts) -%}
    epoch_us({{ ts }})
{%- endmacro %}

{% macro bigquery__unix_micros(ts) -%}
    unix_micros({{ ts }})
{%- endmacro %}
