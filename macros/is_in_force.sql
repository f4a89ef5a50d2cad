{# Whether a day lies in the validity of a row of a seed, both ends included; an end that is empty does not
   bind. #}

{% macro is_in_force(day, row) -%}
    coalesce({{ row }}.valid_from <= {{ day }}, true) and coalesce({{ row }}.valid_until >= {{ day }}, true)
{%- endmacro %}
