{# The clock of dbt's snapshots is as_of, so that the same builds leave the same history. Where as_of is
   not after the last change on record (a build of the past, or a second one as of the same moment) it is
   a microsecond after that change: history is added to, never rewritten. #}

{% macro default__snapshot_get_time() -%}
    {%- set recorded = adapter.get_relation(this.database, this.schema, this.identifier) -%}
    {%- if recorded is none -%}
        {{ as_of() }}
    {%- else -%}
        (
            select greatest({{ as_of() }}, coalesce(
                {{ next_microsecond('max(coalesce(dbt_valid_to, dbt_valid_from))') }}, {{ as_of() }}
            ))
            from {{ recorded }}
        )
    {%- endif -%}
{%- endmacro %}
