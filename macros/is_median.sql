{# Whether a row is the middle one of its group, or one of the two: the mean of such rows is the median,
   the same on every engine. #}

{% macro is_median(rank, count) -%}
    2 * {{ rank }} >= {{ count }} and 2 * {{ rank }} <= {{ count }} + 2
{%- endmacro %}
