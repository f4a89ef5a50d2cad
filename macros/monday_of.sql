{# The Monday of the week that a date is in. #}
{% macro monday_of(date_expr) -%}
    {{ add_days(date_expr, '1 - ' ~ iso_weekday(date_expr)) }}
{%- endmacro %}
