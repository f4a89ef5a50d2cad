{# Emoji in a text: pictographs, symbols and flags (two letters each count once); skin tones and
   joiners add nothing, so a joined family counts its members. #}

{% macro emoji_count(text) -%}
    {{ return(adapter.dispatch('emoji_count', 'eros')(text)) }}
{%- endmacro %}

{# Pictographs but not the five skin tones, and pairs of regional letters. #}
{% macro emoji_class() -%}
    {{ return('[\\x{1F1E6}-\\x{1F1FF}]{2}|[\\x{203C}\\x{2049}\\x{231A}\\x{231B}\\x{23E9}-\\x{23FA}\\x{2600}-\\x{27BF}\\x{2B05}-\\x{2B55}\\x{1F000}-\\x{1F1E5}\\x{1F200}-\\x{1F3FA}\\x{1F400}-\\x{1FAFF}]') }}
{%- endmacro %}

{% macro default__emoji_count(text) -%}
    {{ exceptions.raise_compiler_error("emoji_count: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__emoji_count(text) -%}
    len(regexp_extract_all({{ text }}, '{{ emoji_class() }}'))
{%- endmacro %}

{% macro bigquery__emoji_count(text) -%}
    array_length(regexp_extract_all({{ text }}, r'{{ emoji_class() }}'))
{%- endmacro %}
