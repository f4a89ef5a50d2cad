{# dbt's own macro, with one reason more to build an incremental model anew: message facts that the raw
   table does not continue. #}

{% macro should_full_refresh() %}
    {% set asked = config.get('full_refresh') %}
    {% if asked is none %}
        {% set asked = flags.FULL_REFRESH %}
    {% endif %}
    {{ return(asked or (model.name == 'stg_message_facts' and last_message_load() is none)) }}
{% endmacro %}
