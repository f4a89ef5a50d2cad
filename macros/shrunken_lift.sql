{# A lift (actual / expected sales; 1 is average) shrunk towards 1 by how little is known of it.

   `evidence` is the number of independent purchases the ratio is worth, `prior` how many purchases of
   average evidence every lift starts with. Sales are read as Poisson with a gamma prior of mean 1, so
   the posterior is a gamma distribution: no evidence gives 1, no sale never gives 0. #}

{% macro shrunken_lift(ratio, evidence, prior) -%}
    ({{ lift_shape(ratio, evidence, prior) }} / ({{ evidence }} + {{ prior }}))
{%- endmacro %}

{# One end of the lift's interval: the posterior's quantile at the normal quantile z.
   Source: Wilson and Hilferty (1931), PNAS 17, 684-688. #}
{% macro shrunken_lift_bound(ratio, evidence, prior, z) -%}
    {%- set shape = lift_shape(ratio, evidence, prior) -%}
    (
        {{ shape }} / ({{ evidence }} + {{ prior }})
        * power(1 - 1 / (9 * {{ shape }}) + ({{ z }}) / (3 * sqrt({{ shape }})), 3)
    )
{%- endmacro %}

{# Shape of the posterior gamma distribution: sales seen, in independent purchases, and the prior's. #}
{% macro lift_shape(ratio, evidence, prior) -%}
    (coalesce({{ ratio }} * {{ evidence }}, 0) + {{ prior }})
{%- endmacro %}
