{# Everything that data_quality_reasons counts: reason -> kind and the condition on a row of
   int_quality_rows. A row has one reason at most of the kind `rejected`, and any of the others. #}

{% macro quality_reasons() %}
    {% set reasons = {} %}
    {% for reason in rejection_reasons() %}
        {% do reasons.update({
            reason: {'kind': 'rejected', 'condition': "rejection_reason = '" ~ reason ~ "'"},
        }) %}
    {% endfor %}
    {% for field in ['message', 'sent_count', 'viewed_count', 'purchased_count', 'earnings'] %}
        {% do reasons.update({
            'missing_' ~ field: {'kind': 'incomplete', 'condition': 'has_no_' ~ field},
        }) %}
    {% endfor %}
    {% do reasons.update({
        'replacement_character': {'kind': 'cleaned', 'condition': 'has_replacement_character'},
        'small_send': {'kind': 'left_out', 'condition': 'is_small_send'},
    }) %}
    {{ return(reasons) }}
{% endmacro %}
