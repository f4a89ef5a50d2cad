{# Earlier sends of the same group, each counting exp(-elapsed hours / hours): what they leave behind.

   The sum over pairs factors into exp(-own time) x a running sum of exp(time), so one window does
   it. Times are taken from the middle of the window of history and held within 600 time constants,
   where exp() keeps clear of overflow: right for every message within 600 x hours of that middle.
   A billionth is kept, so that sums in another order give the same figure. #}

{% macro send_stock(group, second, hours) -%}
    {%- set frame -%}
        partition by {{ group }}
        order by {{ second }}
        range between unbounded preceding and 1 preceding
    {%- endset -%}
    round(
        coalesce(sum(exp({{ _stock_time(second, hours) }})) over ({{ frame }}), 0)
        * exp(-{{ _stock_time(second, hours) }}),
        9
    )
{%- endmacro %}

{% macro _stock_time(second, hours) -%}
    {%- set middle = add_seconds(as_of(), -43200 * var('training_days')) -%}
    greatest(-600, least(600, cast({{ second }} - {{ unix_seconds(middle) }} as {{ float_type() }}) / {{ 3600 * hours }}))
{%- endmacro %}
