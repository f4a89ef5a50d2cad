{# A select with one row per step from start_ts to end_ts, both included: column spine_at (UTC). #}

{% macro spine_timestamps(start_ts, end_ts, step_minutes) -%}
    {{ return(adapter.dispatch('spine_timestamps', 'eros')(start_ts, end_ts, step_minutes)) }}
{%- endmacro %}

{% macro default__spine_timestamps(start_ts, end_ts, step_minutes) -%}
    {{ exceptions.raise_compiler_error("spine_timestamps: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__spine_timestamps(start_ts, end_ts, step_minutes) -%}
    select unnest(generate_series({{ start_ts }}, {{ end_ts }}, interval ({{ step_minutes }}) minute))
        as spine_at
{%- endmacro %}

{% macro bigquery__spine_timestamps(start_ts, end_ts, step_minutes) -%}
    select spine_at
    from unnest(generate_timestamp_array({{ start_ts }}, {{ end_ts }}, interval {{ step_minutes }} minute))
        as spine_at
{%- endmacro %}
