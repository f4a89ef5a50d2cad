{# Hash of the project that builds the marts: what `scheduler` hands on, which counts its own modules in,
   or, when dbt is started by hand, a hash of the queries, seeds and macros. `scheduler.warehouse.definitions`
   computes the same from the files, so that a build by hand counts and is not done again. #}

{% macro project_fingerprint() -%}
    {% if var('project_fingerprint') is not none or not execute %}
        {{ return(var('project_fingerprint')) }}
    {% endif %}
    {% set lines = [] %}
    {% for name, macro in context['eros'].items() %}
        {% do lines.append('macro ' ~ macro.macro.name ~ ' ' ~ local_md5(macro.macro.macro_sql)) %}
    {% endfor %}
    {# Two twins have one name; curves are built anew with every training, whatever this says. #}
    {% for node in graph.nodes.values() if node.name not in ('saturation', 'price_response') %}
        {% if node.resource_type == 'model' %}
            {% do lines.append('model ' ~ node.name ~ ' ' ~ local_md5(node.raw_code)) %}
        {% elif node.resource_type == 'seed' %}
            {% do lines.append('seed ' ~ node.name ~ ' ' ~ node.checksum.checksum) %}
        {% endif %}
    {% endfor %}
    {{ return(local_md5(lines | sort(case_sensitive=true) | join('\n'))[:16]) }}
{%- endmacro %}
