{# Passes when the model has no row: each row of a rule model is a violation. #}
{% test is_empty(model) %}

select * from {{ model }}

{% endtest %}
