{# Largest share of a week's messages for some of its days: their weight over that of all days, down
   to 9 decimals. Down, so that the count it gives, rounded up, never exceeds the exact one; rounded
   before, as an engine's sum differs in its last bits. #}

{% macro share_cap(weight, total) -%}
    floor(round(1e9 * {{ weight }} / {{ total }}, 3)) / 1e9
{%- endmacro %}


{# How many of a week's messages that share gives: rounded up. #}

{% macro share_count(share, message_count) -%}
    ceil(round({{ message_count }} * {{ share }}, 6))
{%- endmacro %}
