{# Rows where any of `columns` is NULL, in one reading of the model: on BigQuery each test of a view computes
   the view again. Contracted tables say it in their contract instead, and are refused while being built. #}

{% test not_null_columns(model, columns) %}
    select *
    from {{ model }}
    where
        {%- for column in columns %}
        {{ 'or ' if not loop.first }}{{ column }} is null
        {%- endfor %}
{% endtest %}
