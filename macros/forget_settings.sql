{# Empties the mart `settings` before anything is built. Its last rows would describe marts that this
   command is about to change; if it is cut short, nobody may take the mixture for a whole. The curves
   alone follow a training, not the inputs: to renew them changes nothing that the settings describe. #}

{% macro forget_settings() -%}
    {% set changed = [] %}
    {% for id in selected_resources if id.split('.')[0] in ('model', 'seed', 'snapshot') %}
        {% do changed.append(id) if id.split('.')[-1] not in ('price_response', 'saturation') %}
    {% endfor %}
    {% if execute and changed and flags.WHICH in ('build', 'run', 'seed') %}
        {% set relation = adapter.get_relation(target.database, target.schema ~ '_marts', 'settings') %}
        {% if relation is not none %}
            {% do run_query('delete from ' ~ relation ~ ' where true') %}
        {% endif %}
    {% endif %}
{%- endmacro %}
