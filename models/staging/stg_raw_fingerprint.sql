-- One row: how many rows each raw table has, when the last came, and a number of what the small ones say, to
-- tell whether the marts are of these inputs. Anyone may change a cell in place: the vault, the pages and
-- what decides which captions are allowed are read whole. It orders nothing and enters no schedule.

{% set tables = raw_contract().keys() | list %}
{% set whole = ['vault_matrix', 'active_creators'] %}
{% set deciding = {
    'caption_id': 'int64', 'caption_text': 'string', 'content_category': 'string', 'price_tier': 'string',
    'validation_level': 'string', 'usage_status': 'string',
} %}

with

counted as (

    {% for table_name in tables -%}
    {%- set columns = raw_columns(table_name) -%}
    {%- set parts = [table_name] if table_name in whole else [] -%}
    {%- if table_name == 'caption_bank' -%}
        {%- for column, kind in deciding.items() -%}
            {%- do parts.append(raw_column(columns, column, kind)) -%}
        {%- endfor -%}
    {%- endif -%}
    select
        '{{ table_name }}' as table_name,
        count(*) as row_count,
        max({{ raw_column(columns, '_loaded_at', 'timestamp') }}) as last_loaded_at,
        {{ rows_digest(parts) if parts else '0' }} as digest

    from {{ source('eros_raw', table_name) }} as {{ table_name }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

described as (

    select
        string_agg(
            concat(
                table_name, ':', cast(row_count as string),
                '@', coalesce(cast(last_loaded_at as string), '-'),
                '#', coalesce(cast(digest as string), '-')
            ),
            ' '
            order by table_name
        ) as raw_fingerprint

    from counted

)

select * from described
