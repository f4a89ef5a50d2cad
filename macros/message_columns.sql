{# Select list that types and cleans raw messages. It depends on nothing but the row. #}

{% macro message_columns() -%}
    {%- set columns = raw_columns('mass_messages') -%}
        ---------- ids
        {{ raw_column(columns, 'row_id', 'string') }} as row_id,
        {{ page_key(raw_column(columns, 'page_name', 'string')) }} as page_name,
        {{ caption_key(raw_column(columns, 'message', 'string')) }} as caption_key,

        ---------- texts
        {{ raw_column(columns, 'message', 'string') }} as message,
        {{ raw_column(columns, 'message_type', 'string') }} as message_type,

        ---------- numerics
        {{ raw_column(columns, 'price', 'float') }} as price,
        {{ raw_column(columns, 'sent_count', 'int64') }} as sent_count,
        {{ raw_column(columns, 'viewed_count', 'int64') }} as viewed_count,
        {{ raw_column(columns, 'purchased_count', 'float') }} as purchased_count,
        {{ raw_column(columns, 'earnings', 'float') }} as earnings,

        ---------- timestamps (UTC)
        {{ raw_column(columns, 'sending_time', 'timestamp') }} as sent_at,
        {{ raw_load_time(columns) }} as loaded_at
{%- endmacro %}
