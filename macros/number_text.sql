{# A number as people write it, to six decimals: 3 and 2.5, the same on every engine. #}

{% macro number_text(number) -%}
    regexp_replace(cast(round(cast({{ number }} as {{ float_type() }}), 6) as string), '[.]0$', '')
{%- endmacro %}
