{# A text without Unicode white space at its ends. The engines' own trim differ on tabs and the like. #}

{% macro trim_text(text) -%}
    {{ return(adapter.dispatch('trim_text', 'eros')(text)) }}
{%- endmacro %}

{% macro default__trim_text(text) -%}
    {{ exceptions.raise_compiler_error("trim_text: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__trim_text(text) -%}
    regexp_replace({{ text }}, '^{{ white_space_class() }}+|{{ white_space_class() }}+$', '', 'g')
{%- endmacro %}

{% macro bigquery__trim_text(text) -%}
    regexp_replace({{ text }}, r'^{{ white_space_class() }}+|{{ white_space_class() }}+$', '')
{%- endmacro %}
