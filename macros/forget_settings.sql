{# Empties the mart `settings` before anything is built. Its last rows would describe marts that this
   command is about to change; if it is cut short, nobody may take the mixture for a whole. #}

{% macro forget_settings() -%}
    {% if execute and flags.WHICH in ('build', 'run', 'seed') %}
        {% set relation = adapter.get_relation(target.database, target.schema ~ '_marts', 'settings') %}
        {% if relation is not none %}
            {% do run_query('delete from ' ~ relation ~ ' where true') %}
        {% endif %}
    {% endif %}
{%- endmacro %}
