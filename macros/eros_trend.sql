{# Trend of an EROS score by its change in points over trend_days. #}

{% macro eros_trend(change) -%}
    case
        when {{ change }} >= {{ var('eros_trend_points') }} then 'RISING'
        when {{ change }} <= -{{ var('eros_trend_points') }} then 'FALLING'
        when {{ change }} is not null then 'STABLE'
    end
{%- endmacro %}
