-- One row: how many rows each raw table has and when the last came, to tell whether the marts are of
-- these inputs. It orders nothing and enters no schedule.

{% set tables = raw_contract().keys() | list %}

with

counted as (

    {% for table_name in tables -%}
    {%- set columns = raw_columns(table_name) -%}
    select
        '{{ table_name }}' as table_name,
        count(*) as row_count,
        max({{ raw_column(columns, '_loaded_at', 'timestamp') }}) as last_loaded_at

    from {{ source('eros_raw', table_name) }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

described as (

    select
        string_agg(
            concat(table_name, ':', cast(row_count as string), '@', coalesce(cast(last_loaded_at as string), '-')),
            ' '
            order by table_name
        ) as raw_fingerprint

    from counted

)

select * from described
