{# Name of the 64-bit float type. #}

{% macro float_type() -%}
    {{ return(adapter.dispatch('float_type', 'eros')()) }}
{%- endmacro %}

{% macro default__float_type() -%}
    {{ return('double') }}
{%- endmacro %}

{% macro bigquery__float_type() -%}
    {{ return('float64') }}
{%- endmacro %}
