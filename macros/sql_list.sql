{# A list var as SQL string literals for `in (...)`; quotes inside are escaped by engine. #}

{% macro sql_list(values) -%}
    {%- for value in values -%}
        {{ sql_text(value) }}{% if not loop.last %}, {% endif %}
    {%- endfor -%}
{%- endmacro %}

{# One SQL string literal. #}
{% macro sql_text(value) -%}
    {{ return(adapter.dispatch('sql_text', 'eros')(value)) }}
{%- endmacro %}

{% macro default__sql_text(value) -%}
    {{ return("'" ~ (value | string | replace("'", "''")) ~ "'") }}
{%- endmacro %}

{% macro bigquery__sql_text(value) -%}
    {{ return("'" ~ (value | string | replace("\\", "\\\\") | replace("'", "\\'") | replace("\n", "\\n")) ~ "'") }}
{%- endmacro %}
