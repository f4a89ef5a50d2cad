{# Whether a local date and hour lie in a row of page_calendar: from its first hour to its last, both
   included; a day without an hour is a whole one. #}

{% macro is_in_calendar(moment, calendar) -%}
    (
        {{ moment }}.local_date > {{ calendar }}.from_date
        or {{ moment }}.local_date = {{ calendar }}.from_date
        and {{ moment }}.local_hour >= coalesce({{ calendar }}.from_hour, 0)
    )
    and (
        {{ moment }}.local_date < {{ calendar }}.to_date
        or {{ moment }}.local_date = {{ calendar }}.to_date
        and {{ moment }}.local_hour <= coalesce({{ calendar }}.to_hour, 23)
    )
{%- endmacro %}
