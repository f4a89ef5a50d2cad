{# The only clock of the project: var as_of (UTC), or the start of the run when it is null.
   A timestamp expression with the same value everywhere in one run. The scheduler hands the moment on in the
   environment: dbt parses the whole project anew whenever a var differs, and the moment always does. #}

{% macro as_of() -%}
    cast('{{ as_of_text() }}' as timestamp)
{%- endmacro %}

{# The same moment as text, 'YYYY-MM-DD HH:MM:SS.ffffff', UTC. An offset in the var is honoured. #}
{% macro as_of_text() -%}
    {%- set given = var('as_of') or env_var('EROS_AS_OF', '') -%}
    {%- if (given | string | trim) in ('', 'None', 'null') -%}
        {%- set moment = run_started_at -%}
    {%- else -%}
        {%- set moment = modules.datetime.datetime.fromisoformat(given | string | trim) -%}
    {%- endif -%}
    {%- if moment.tzinfo is not none -%}
        {%- set moment = moment.astimezone(modules.pytz.utc) -%}
    {%- endif -%}
    {{- moment.strftime('%Y-%m-%d %H:%M:%S.%f') -}}
{%- endmacro %}
