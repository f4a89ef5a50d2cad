{# num / den as a float; NULL when den is 0 or NULL. #}

{% macro safe_ratio(num, den) -%}
    (cast({{ num }} as {{ float_type() }}) / nullif(cast({{ den }} as {{ float_type() }}), 0))
{%- endmacro %}
