{# Letters and digits of a text in lower case: 'B/G' and 'bg' are the same. NULL for NULL. #}

{% macro letters_and_digits(text) -%}
    {{ return(adapter.dispatch('letters_and_digits', 'eros')(text)) }}
{%- endmacro %}

{% macro default__letters_and_digits(text) -%}
    {{ exceptions.raise_compiler_error("letters_and_digits: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__letters_and_digits(text) -%}
    lower(regexp_replace({{ text }}, '[^\p{L}\p{N}]', '', 'g'))
{%- endmacro %}

{% macro bigquery__letters_and_digits(text) -%}
    lower(regexp_replace({{ text }}, r'[^\p{L}\p{N}]', ''))
{%- endmacro %}
