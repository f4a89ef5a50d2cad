{# Local date in an IANA zone of a UTC timestamp. #}

{% macro local_date(ts, tz) -%}
    cast({{ to_local(ts, tz) }} as date)
{%- endmacro %}
