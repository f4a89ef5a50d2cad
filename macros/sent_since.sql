{# Sent on one of the last `days` local days, or the day before those: a bound that is the same constant in
   the whole statement, beside the exact one by `days_ago`. BigQuery leaves out the partitions before it,
   which it cannot do for a bound that it has to read first. Days begin when a page's zone says so, and
   clocks change: hence the day more. #}

{% macro sent_since(days) -%}
    {%- set moment = modules.datetime.datetime.fromisoformat(as_of_text()) - modules.datetime.timedelta(days=days + 1) -%}
    sent_at >= cast('{{ moment.strftime('%Y-%m-%d %H:%M:%S') }}' as timestamp)
{%- endmacro %}
