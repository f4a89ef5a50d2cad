{# Wall clock (datetime) in an IANA zone of a UTC timestamp. #}

{% macro to_local(ts, tz) -%}
    {{ return(adapter.dispatch('to_local', 'eros')(ts, tz)) }}
{%- endmacro %}

{% macro default__to_local(ts, tz) -%}
    {{ exceptions.raise_compiler_error("to_local: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__to_local(ts, tz) -%}
    timezone({{ tz }}, timezone('UTC', {{ ts }}))
{%- endmacro %}

{% macro bigquery__to_local(ts, tz) -%}
    datetime({{ ts }}, {{ tz }})
{%- endmacro %}
