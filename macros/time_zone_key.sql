{# A time zone's name as it is compared: letters, digits and signs in lower case, so that 'America/New York'
   is 'america_new_york' and 'UTC - 5' is 'utc-5'. scheduler/loading/zones.py has its twin. #}

{% macro time_zone_key(text) -%}
    lower({{ replace_pattern("replace(" ~ text ~ ", '\u2212', '-')", '[^A-Za-z0-9+-]', '') }})
{%- endmacro %}
