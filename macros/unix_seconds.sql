{# Whole seconds since 1970-01-01 00:00 UTC of a timestamp, int64: the numeric order key that
   RANGE window frames need on both engines. #}

{% macro unix_seconds(ts) -%}
    {{ return(adapter.dispatch('unix_seconds', 'eros')(ts)) }}
{%- endmacro %}

{% macro default__unix_seconds(ts) -%}
    {{ exceptions.raise_compiler_error("unix_seconds: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__unix_seconds(ts) -%}
    cast(floor(epoch({{ ts }})) as bigint)
{%- endmacro %}

{% macro bigquery__unix_seconds(ts) -%}
    unix_seconds({{ ts }})
{%- endmacro %}
