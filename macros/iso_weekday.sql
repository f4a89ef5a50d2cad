{# ISO weekday of a date: Monday = 1 ... Sunday = 7.
   BigQuery numbers Sunday = 1, so the shift lives here and nowhere else. #}

{% macro iso_weekday(date_expr) -%}
    {{ return(adapter.dispatch('iso_weekday', 'eros')(date_expr)) }}
{%- endmacro %}

{% macro default__iso_weekday(date_expr) -%}
    {{ exceptions.raise_compiler_error("iso_weekday: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(date_expr) -%}
    cast(extract(isodow from {{ date_expr }}) as bigint)
{%- endmacro %}

{% macro bigquery__iso_weekday(date_expr) -%}
    (mod(extract(dayofweek from {{ date_expr }}) + 5, 7) + 1)
{%- endmacro %}
