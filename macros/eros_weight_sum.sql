{# Sum of the weights of the EROS score's parts, 1 as shipped; `known` leaves out the execution part.
   Rounded, since 0.4 + 0.3 + 0.2 + 0.1 is not 1 in binary. #}

{% macro eros_weight_sum(known=false) %}
    {% set sum = (
        var('eros_rps_weight') + var('eros_conversion_weight') + var('eros_diversity_weight')
        + (0 if known else var('eros_execution_weight'))
    ) %}
    {{ return(sum | round(12)) }}
{% endmacro %}
