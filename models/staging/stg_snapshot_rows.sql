-- One row per row of the latest load of active_creators and of vault_matrix, with its page when it names one.

{% set tables = ['active_creators', 'vault_matrix'] %}

with

renamed as (

    {% for table_name in tables -%}
    {%- set columns = raw_columns(table_name) -%}
    select
        '{{ table_name }}' as table_name,
        {{ page_key(raw_column(columns, ['page_name', 'username'], 'string')) }} as page_name,
        {{ raw_load_time(columns) }} as loaded_at

    from {{ source('eros_raw', table_name) }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

dated as (

    select
        *,
        max(loaded_at) over (partition by table_name) as last_loaded_at

    from renamed

),

latest as (

    select
        table_name,
        page_name

    from dated

    where loaded_at = last_loaded_at

)

select * from latest
