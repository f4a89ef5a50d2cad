{# Piecewise linear function through points [[x, y], ...] with ascending x, flat outside. NULL for NULL. #}

{% macro piecewise_linear(x, points) -%}
    case
        when {{ x }} is null then null
        when {{ x }} <= {{ points[0][0] }} then {{ points[0][1] }}
        {%- for point in points[1:] %}
        {%- set before = points[loop.index0] %}
        when {{ x }} <= {{ point[0] }}
            then {{ before[1] }} + ({{ x }} - {{ before[0] }}) * {{ (point[1] - before[1]) / (point[0] - before[0]) }}
        {%- endfor %}
        else {{ points[-1][1] }}
    end
{%- endmacro %}
