{# The earliest timestamp after another. #}

{% macro next_microsecond(ts) -%}
    {{ return(adapter.dispatch('next_microsecond', 'eros')(ts)) }}
{%- endmacro %}

{% macro default__next_microsecond(ts) -%}
    {{ exceptions.raise_compiler_error("next_microsecond: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__next_microsecond(ts) -%}
    ({{ ts }} + to_microseconds(1))
{%- endmacro %}

{% macro bigquery__next_microsecond(ts) -%}
    timestamp_add({{ ts }}, interval 1 microsecond)
{%- endmacro %}
