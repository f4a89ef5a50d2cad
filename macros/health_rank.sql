{# Rank of a health status, -1 DECLINING to 1 GROWING; NULL for NULL. #}

{% macro health_rank(health_status) -%}
    case {{ health_status }} when 'GROWING' then 1 when 'STABLE' then 0 when 'DECLINING' then -1 end
{%- endmacro %}
