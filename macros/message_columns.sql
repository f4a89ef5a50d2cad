{# Select list that types and cleans raw messages. It depends on nothing but the row. #}

{% macro message_columns() -%}
    {%- set columns = raw_columns('mass_messages') -%}
        ---------- ids
        nullif({{ trim_text(raw_column(columns, 'row_id', 'string')) }}, '') as row_id,
        {{ page_key(raw_column(columns, 'page_name', 'string')) }} as page_name,
        {{ caption_key(raw_column(columns, 'message', 'string')) }} as caption_key,
        {{ plain_text_key(raw_column(columns, 'message', 'string')) }} as plain_text_key,

        ---------- texts
        {{ raw_column(columns, 'message', 'string') }} as message,
        {{ raw_column(columns, 'message_type', 'string') }} as message_type,

        ---------- numerics
        {{ in_range(raw_column(columns, 'price', 'float'), 1000000000) }} as price,
        {{ in_range(raw_column(columns, 'sent_count', 'int64'), 2147483647) }} as sent_count,
        {{ in_range(raw_column(columns, 'viewed_count', 'int64'), 2147483647) }} as viewed_count,
        {{ in_range(raw_column(columns, 'purchased_count', 'float'), 2147483647) }} as purchased_count,
        {{ in_range(raw_column(columns, 'earnings', 'float'), 1000000000) }} as earnings,

        ---------- timestamps (UTC)
        {{ raw_column(columns, 'sending_time', 'timestamp') }} as sent_at,
        {{ raw_load_time(columns) }} as loaded_at
{%- endmacro %}

{# A number, NULL beyond what a count of people or an amount of dollars can be: an id that slipped into the
   column, mostly. `scheduler load` refuses it with its line; other tools do not. #}
{% macro in_range(number, limit) -%}
    case when {{ number }} between -{{ limit }} and {{ limit }} then {{ number }} end
{%- endmacro %}
