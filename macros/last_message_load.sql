{# What stg_message_facts holds already: `loaded_at` of its last load (text), and whether the
   raw table has it as a timestamp (`is_time`). None when it has to be built
   anew: asked for, nothing there, raw rows that do not say when they were loaded, another definition of
   the columns, or raw rows up to that load that are more or fewer than they were (a load that came late,
   rows taken out, another agency). #}

{% macro last_message_load() %}
    {% if not execute or not flags.INTROSPECT or flags.FULL_REFRESH %}
        {{ return(none) }}
    {% endif %}
    {% set facts = adapter.get_relation(this.database, this.schema, this.identifier) %}
    {% set columns = raw_columns('mass_messages') %}
    {% if facts is none or columns is none or '_loaded_at' not in columns %}
        {{ return(none) }}
    {% endif %}
    {% set found = run_query(
        "with held as ("
        ~ "select max(loaded_at) as loaded_at, count(*) as row_count,"
        ~ " min(definition) as oldest, max(definition) as newest from " ~ facts
        ~ "), loads as (select " ~ raw_load_time(columns) ~ " as loaded_at from "
        ~ source('eros_raw', 'mass_messages')
        ~ "), counted as (select count(*) as row_count from loads cross join held"
        ~ " where loads.loaded_at <= held.loaded_at)"
        ~ " select cast(held.loaded_at as " ~ dbt.type_string() ~ ")"
        ~ " from held cross join counted where held.row_count = counted.row_count"
        ~ " and held.oldest = held.newest and held.newest = '" ~ message_definition() ~ "'"
    ) %}
    {% for row in found.rows %}
        {{ return({
            'loaded_at': row[0],
            'is_time': columns['_loaded_at'].dtype | lower in ('timestamp', 'timestamp with time zone'),
        }) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

{# Changes with whatever decides a row of stg_message_facts: its model, the macros it uses, and the
   columns and types of the raw table. #}
{% macro message_definition() -%}
    {{ return(local_md5(model.raw_code ~ message_columns() ~ message_identity() ~ message_content())) }}
{%- endmacro %}
