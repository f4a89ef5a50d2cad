{# Part of the day of a local hour: morning, afternoon, evening or night (borders are vars). #}

{% macro daypart(hour) -%}
    case
        when {{ hour }} is null then null
        when {{ hour }} >= {{ var('night_from_hour') }} or {{ hour }} < {{ var('morning_from_hour') }} then 'night'
        when {{ hour }} >= {{ var('evening_from_hour') }} then 'evening'
        when {{ hour }} >= {{ var('afternoon_from_hour') }} then 'afternoon'
        else 'morning'
    end
{%- endmacro %}
