{# A select with one row per whole number from first to last, both included: column spine_number. #}

{% macro spine_integers(first, last) -%}
    {{ return(adapter.dispatch('spine_integers', 'eros')(first, last)) }}
{%- endmacro %}

{% macro default__spine_integers(first, last) -%}
    {{ exceptions.raise_compiler_error("spine_integers: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__spine_integers(first, last) -%}
    select cast(unnest(generate_series({{ first }}, {{ last }})) as bigint) as spine_number
{%- endmacro %}

{% macro bigquery__spine_integers(first, last) -%}
    select spine_number from unnest(generate_array({{ first }}, {{ last }})) as spine_number
{%- endmacro %}
