{# A number as people write it, to six digits: 3 and 2.5, the same on every engine. #}

{% macro number_text(number) -%}
    {{ return(adapter.dispatch('number_text', 'eros')(number)) }}
{%- endmacro %}

{% macro default__number_text(number) -%}
    {{ exceptions.raise_compiler_error("number_text: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__number_text(number) -%}
    printf('%g', cast({{ number }} as double))
{%- endmacro %}

{% macro bigquery__number_text(number) -%}
    format('%g', cast({{ number }} as float64))
{%- endmacro %}
