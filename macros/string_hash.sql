{# md5 of a text in hexadecimal. NULL for NULL. #}

{% macro string_hash(expr) -%}
    {{ return(adapter.dispatch('string_hash', 'eros')(expr)) }}
{%- endmacro %}

{% macro default__string_hash(expr) -%}
    md5({{ expr }})
{%- endmacro %}

{% macro bigquery__string_hash(expr) -%}
    to_hex(md5({{ expr }}))
{%- endmacro %}
