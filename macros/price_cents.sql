{# A price in whole cents, because GoogleSQL neither groups nor joins well by floats. #}

{% macro price_cents(price) -%}
    cast(round({{ price }} * 100) as int64)
{%- endmacro %}
