{# Tier of an average daily revenue (dollars). #}

{% macro creator_tier(avg_daily_revenue) -%}
    case
        when {{ avg_daily_revenue }} >= {{ var('tier_ultra') }} then 'ULTRA'
        when {{ avg_daily_revenue }} >= {{ var('tier_large') }} then 'LARGE'
        when {{ avg_daily_revenue }} >= {{ var('tier_mid') }} then 'MID'
        else 'SMALL'
    end
{%- endmacro %}
