{# A page's effective threshold: its own override (a column of creator_settings) or the var.
   The coalesce is for pages that creator_settings does not list. #}

{% macro page_setting(alias, name) -%}
    coalesce({{ alias }}.{{ name }}, {{ var(name) }})
{%- endmacro %}
