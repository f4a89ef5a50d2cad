{# Elapsed seconds (float, exact to the microsecond) between two timestamps. #}

{% macro timestamp_diff_seconds(later, earlier) -%}
    {{ return(adapter.dispatch('timestamp_diff_seconds', 'eros')(later, earlier)) }}
{%- endmacro %}

{% macro default__timestamp_diff_seconds(later, earlier) -%}
    {{ exceptions.raise_compiler_error("timestamp_diff_seconds: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__timestamp_diff_seconds(later, earlier) -%}
    (cast(epoch_us({{ later }}) - epoch_us({{ earlier }}) as double) / 1000000)
{%- endmacro %}

{% macro bigquery__timestamp_diff_seconds(later, earlier) -%}
    (timestamp_diff({{ later }}, {{ earlier }}, microsecond) / 1000000)
{%- endmacro %}
