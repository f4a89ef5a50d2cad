{# Whether a day lies in the span of a row, from `<span>_from` to `<span>_until`, both ends included; an end that
   is empty does not bind. #}

{% macro is_in_force(day, row, span='valid') -%}
    coalesce({{ row }}.{{ span }}_from <= {{ day }}, true) and coalesce({{ row }}.{{ span }}_until >= {{ day }}, true)
{%- endmacro %}
