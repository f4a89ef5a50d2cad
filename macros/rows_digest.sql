{# A number that all rows of a table make together, whatever their order; another one as soon as a value of
   the expressions changes. An expression may be the alias of a table: its whole rows, columns of a later
   day included. Never compared between engines. #}

{% macro rows_digest(expressions) -%}
    {{ return(adapter.dispatch('rows_digest', 'eros')(expressions)) }}
{%- endmacro %}

{% macro default__rows_digest(expressions) -%}
    sum(cast(hash({{ expressions | join(', ') }}) % 1000000007 as bigint))
{%- endmacro %}

{% macro bigquery__rows_digest(expressions) -%}
    sum(mod(farm_fingerprint(to_json_string(struct({{ expressions | join(', ') }}))), 1000000007))
{%- endmacro %}
