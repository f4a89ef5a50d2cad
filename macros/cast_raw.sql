{# A raw value of any type as the kind we work with; NULL when it can't be. `dtype` is the raw
   column's type in lower case, '' when unknown. Words and numbers for booleans, NaN and infinity
   for floats, offsets and zones for timestamps are dealt with here and nowhere else. #}

{% macro cast_raw(column, dtype, kind) -%}
    {%- if kind == 'bool' -%}
        {# One comparison a word: lists of words for each of some fifty columns take DuckDB's planner
           half a second. #}
        case lower(trim(cast({{ column }} as string)))
            {%- for word in ['true', 't', '1', '1.0', 'yes', 'y'] %}
            when '{{ word }}' then true
            {%- endfor %}
            {%- for word in ['false', 'f', '0', '0.0', 'no', 'n'] %}
            when '{{ word }}' then false
            {%- endfor %}
        end
    {%- else -%}
        {{ return(adapter.dispatch('cast_raw', 'eros')(column, dtype, kind)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__cast_raw(column, dtype, kind) -%}
    {{ exceptions.raise_compiler_error("cast_raw: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__cast_raw(column, dtype, kind) -%}
    {%- if kind == 'float' -%}
        case when isfinite(try_cast({{ column }} as double)) then try_cast({{ column }} as double) end
    {%- elif kind == 'timestamp' and 'time zone' in dtype -%}
        timezone('UTC', {{ column }})
    {%- elif kind == 'timestamp' and dtype in ('varchar', 'text', 'string') -%}
        {# A cast to timestamp drops an offset, a cast to timestamptz needs one. #}
        case
            when regexp_matches({{ column }}, ':\d{2}(\.\d+)?\s*([Zz]|UTC|[+-]\d{2}(:?\d{2})?)\s*$')
                then timezone('UTC', try_cast({{ column }} as timestamptz))
            else try_cast({{ column }} as timestamp)
        end
    {%- else -%}
        try_cast({{ column }} as {{ raw_type(kind) }})
    {%- endif -%}
{%- endmacro %}

{% macro bigquery__cast_raw(column, dtype, kind) -%}
    {%- if kind == 'float' -%}
        case
            when is_nan(safe_cast({{ column }} as float64)) or is_inf(safe_cast({{ column }} as float64)) then null
            else safe_cast({{ column }} as float64)
        end
    {%- elif kind == 'timestamp' and dtype == 'datetime' -%}
        timestamp({{ column }}, 'UTC')
    {%- else -%}
        safe_cast({{ column }} as {{ raw_type(kind) }})
    {%- endif -%}
{%- endmacro %}
