{# Weight of a message that many local days old: exp(-days_ago / decay_days). #}

{% macro decay_weight(days_ago) -%}
    exp(-cast({{ days_ago }} as {{ float_type() }}) / {{ var('decay_days') }})
{%- endmacro %}
