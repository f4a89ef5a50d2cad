{# Empties the mart `settings` before a build that ends with it. Its last rows would describe marts that
   this command is about to change; if it is cut short, nobody may take the mixture for a whole. A build
   of some models alone leaves it: it could not fill it again. #}

{% macro forget_settings() -%}
    {% if execute and 'model.eros.settings' in selected_resources and flags.WHICH in ('build', 'run') %}
        {% set relation = adapter.get_relation(target.database, target.schema ~ '_marts', 'settings') %}
        {% if relation is not none %}
            {% do run_query('delete from ' ~ relation ~ ' where true') %}
        {% endif %}
    {% endif %}
{%- endmacro %}
