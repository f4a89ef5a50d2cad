{# Groups of `columns` (names or expressions) that occur more than once. NULLs are equal. #}
{% test unique_combination(model, columns) %}

select count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
