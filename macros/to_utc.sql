{# UTC timestamp of a wall clock value (datetime) in an IANA zone. Engines differ on the hour that
   daylight saving skips or repeats: make series of hours in UTC and turn them local instead. #}

{% macro to_utc(local_at, tz) -%}
    {{ return(adapter.dispatch('to_utc', 'eros')(local_at, tz)) }}
{%- endmacro %}

{% macro default__to_utc(local_at, tz) -%}
    {{ exceptions.raise_compiler_error("to_utc: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__to_utc(local_at, tz) -%}
    timezone('UTC', timezone({{ tz }}, {{ local_at }}))
{%- endmacro %}

{% macro bigquery__to_utc(local_at, tz) -%}
    timestamp({{ local_at }}, {{ tz }})
{%- endmacro %}
