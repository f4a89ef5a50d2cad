{# Rows where some of `columns` are NULL and some are not. #}
{% test not_null_together(model, columns) %}

select *
from {{ model }}
where
    not (
        ({% for column in columns %}{{ column }} is null{% if not loop.last %} and {% endif %}{% endfor %})
        or ({% for column in columns %}{{ column }} is not null{% if not loop.last %} and {% endif %}{% endfor %})
    )

{% endtest %}
