{# Band of an EROS score (0-100). #}

{% macro eros_band(score) -%}
    case
        when {{ score }} >= {{ var('eros_elite') }} then 'Elite'
        when {{ score }} >= {{ var('eros_high') }} then 'High'
        when {{ score }} >= {{ var('eros_standard') }} then 'Standard'
        when {{ score }} >= {{ var('eros_needs_improvement') }} then 'Needs Improvement'
        when {{ score }} is not null then 'Critical'
    end
{%- endmacro %}
