{# A page name as it is compared: white space trimmed off, lower case; NULL when nothing is left. #}

{% macro page_key(text) -%}
    nullif(lower({{ trim_text(text) }}), '')
{%- endmacro %}
