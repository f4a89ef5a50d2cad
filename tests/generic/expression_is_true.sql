{# Rows for which `expression` is not true (NULL fails): an identity that every row must keep. #}
{% test expression_is_true(model, expression) %}

select *
from {{ model }}
where not coalesce({{ expression }}, false)

{% endtest %}
