{# True when a text contains a match of an RE2 pattern, in any case of letters. #}

{% macro matches_pattern(text, pattern) -%}
    {{ return(adapter.dispatch('matches_pattern', 'eros')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches_pattern(text, pattern) -%}
    {{ exceptions.raise_compiler_error("matches_pattern: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__matches_pattern(text, pattern) -%}
    regexp_matches({{ text }}, '(?is)' || {{ pattern }})
{%- endmacro %}

{% macro bigquery__matches_pattern(text, pattern) -%}
    regexp_contains({{ text }}, concat('(?is)', {{ pattern }}))
{%- endmacro %}
