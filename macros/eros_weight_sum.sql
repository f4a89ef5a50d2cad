{# Sum of the weights of the EROS score's parts; 1 as shipped. #}

{% macro eros_weight_sum() %}
    {{ return(
        var('eros_rps_weight') + var('eros_conversion_weight')
        + var('eros_execution_weight') + var('eros_diversity_weight')
    ) }}
{% endmacro %}
