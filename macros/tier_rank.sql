{# Rank of a creator tier, 1 SMALL to 4 ULTRA; NULL for NULL. #}

{% macro tier_rank(creator_tier) -%}
    case {{ creator_tier }} when 'ULTRA' then 4 when 'LARGE' then 3 when 'MID' then 2 when 'SMALL' then 1 end
{%- endmacro %}
