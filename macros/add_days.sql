{# A date moved by n days (n may be negative, and an expression). #}

{% macro add_days(date_expr, n) -%}
    {{ return(adapter.dispatch('add_days', 'eros')(date_expr, n)) }}
{%- endmacro %}

{% macro default__add_days(date_expr, n) -%}
    {{ exceptions.raise_compiler_error("add_days: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__add_days(date_expr, n) -%}
    ({{ date_expr }} + cast({{ n }} as integer))
{%- endmacro %}

{% macro bigquery__add_days(date_expr, n) -%}
    date_add({{ date_expr }}, interval ({{ n }}) day)
{%- endmacro %}
