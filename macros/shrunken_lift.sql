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

{# Independent purchases that a group's expected sales are worth: their square / the variance of the
   sales, which is Poisson's own (sum of weight x expected) and what captions add that sell more or
   less than expected for reasons of their own (dispersion x sum of squares over captions). #}
{% macro lift_evidence(expected, poisson_variance, expected_square, dispersion) -%}
    coalesce(
        {{ safe_ratio(
            expected ~ ' * ' ~ expected, '(' ~ poisson_variance ~ ' + ' ~ dispersion ~ ' * ' ~ expected_square ~ ')'
        ) }},
        0
    )
{%- endmacro %}
