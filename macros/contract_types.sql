{# Contracts name types as GoogleSQL does. DuckDB knows all of them but float64, which is its double. #}

{% macro duckdb__get_empty_schema_sql(columns) %}
    {% set typed = {} %}
    {% for name, column in columns.items() %}
        {% set own = dict(column) %}
        {% if own.get('data_type') == 'float64' %}
            {% do own.update({'data_type': float_type()}) %}
        {% endif %}
        {% do typed.update({name: own}) %}
    {% endfor %}
    {{ return(default__get_empty_schema_sql(typed)) }}
{% endmacro %}

{% macro duckdb__get_table_columns_and_constraints() %}
    {{ return(default__get_table_columns_and_constraints() | replace(' float64', ' ' ~ float_type())) }}
{% endmacro %}
