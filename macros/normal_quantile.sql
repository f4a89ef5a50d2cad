{# The z with that share of a standard normal distribution below it, computed while compiling: Newton's
   method on the series of the distribution function. Share strictly between 0.0001 and 0.9999. #}

{% macro normal_quantile(share) -%}
    {%- set found = namespace(z=0.0) -%}
    {%- for step in range(15) -%}
        {%- set density = 0.3989422804014327 * 2.718281828459045 ** (-found.z * found.z / 2) -%}
        {%- set series = namespace(term=found.z, sum=found.z) -%}
        {%- for n in range(1, 60) -%}
            {%- set series.term = series.term * found.z * found.z / (2 * n + 1) -%}
            {%- set series.sum = series.sum + series.term -%}
        {%- endfor -%}
        {%- set found.z = found.z - (0.5 + density * series.sum - share) / density -%}
    {%- endfor -%}
    {{ return(found.z | round(9)) }}
{%- endmacro %}

{# z of the upper end of the project's intervals (var interval_coverage); the lower end is its negative. #}
{% macro interval_z() -%}
    {{ return(normal_quantile(0.5 + var('interval_coverage') / 2)) }}
{%- endmacro %}
