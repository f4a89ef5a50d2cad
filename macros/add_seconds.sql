{# A timestamp moved by n seconds (n may be negative, and an expression; whole seconds). #}

{% macro add_seconds(ts, n) -%}
    {{ return(adapter.dispatch('add_seconds', 'eros')(ts, n)) }}
{%- endmacro %}

{% macro default__add_seconds(ts, n) -%}
    {{ exceptions.raise_compiler_error("add_seconds: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__add_seconds(ts, n) -%}
    ({{ ts }} + to_seconds(cast({{ n }} as bigint)))
{%- endmacro %}

{% macro bigquery__add_seconds(ts, n) -%}
    timestamp_add({{ ts }}, interval cast({{ n }} as int64) second)
{%- endmacro %}
