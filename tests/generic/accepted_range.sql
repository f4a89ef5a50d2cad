{# Rows whose value is outside [min_value, max_value]; bounds are numbers or expressions, either may be
   left out, and `is_min_excluded` / `is_max_excluded` leave the border out. NULL passes. #}
{% test accepted_range(model, column_name, min_value=none, max_value=none, is_min_excluded=false, is_max_excluded=false) %}

select *
from {{ model }}
where
    false
    {%- if min_value is not none %}
    or {{ column_name }} {{ '<=' if is_min_excluded else '<' }} {{ min_value }}
    {%- endif %}
    {%- if max_value is not none %}
    or {{ column_name }} {{ '>=' if is_max_excluded else '>' }} {{ max_value }}
    {%- endif %}

{% endtest %}
