{# A column's name as SQL takes it, whatever another tool called it. #}

{% macro quoted_name(name) -%}
    {{ return(adapter.dispatch('quoted_name', 'eros')(name)) }}
{%- endmacro %}

{% macro default__quoted_name(name) -%}
    {{ return(adapter.quote(name | replace('"', '""'))) }}
{%- endmacro %}

{# No name there has a backtick in it. #}
{% macro bigquery__quoted_name(name) -%}
    {{ return(adapter.quote(name)) }}
{%- endmacro %}
