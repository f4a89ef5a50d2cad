{# Empties the mart `settings` before anything is built. Its last rows would describe marts that this
   command is about to change; if it is cut short, nobody may take the mixture for a whole. What follows
   a training, not only the inputs, is renewed after it: that changes nothing that the settings describe. #}

{% macro forget_settings() -%}
    {% set changed = [] %}
    {% set after_training = ['caption_candidates', 'int_caption_ranks', 'price_response', 'saturation'] %}
    {% for id in selected_resources if id.split('.')[0] in ('model', 'seed', 'snapshot') %}
        {% do changed.append(id) if id.split('.')[-1] not in after_training %}
    {% endfor %}
    {% if execute and changed and flags.WHICH in ('build', 'run', 'seed') %}
        {% set relation = adapter.get_relation(target.database, target.schema ~ '_marts', 'settings') %}
        {% if relation is not none %}
            {% do run_query('delete from ' ~ relation ~ ' where true') %}
        {% endif %}
    {% endif %}
{%- endmacro %}
