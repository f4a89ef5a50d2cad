{# Ends the transaction that the statements before it opened. dbt rolls back what its start-up hooks
   leave open, so the last hook must say that their tables are to stay. #}

{% macro commit_hooks() -%}
    {% if execute and flags.INTROSPECT %}
        {{ return(adapter.dispatch('commit_hooks', 'eros')()) }}
    {% endif %}
{%- endmacro %}

{% macro default__commit_hooks() -%}
    {# The query opens a transaction when none is open: there must be one to commit. #}
    {% do run_query('select 1') %}
    {% do adapter.commit() %}
{%- endmacro %}

{# Every statement stands by itself there. #}
{% macro bigquery__commit_hooks() -%}
{%- endmacro %}
