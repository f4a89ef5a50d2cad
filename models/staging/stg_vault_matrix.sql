-- One row per page and content type of the latest load. Available only when every row of the page,
-- in every spelling of the column, says true: a NULL, and a doubt, is a no.

{% set columns = raw_columns('vault_matrix') %}
{% set content_columns = vault_columns() %}

with

source as (

    select * from {{ source('eros_raw', 'vault_matrix') }}

),

vault_columns as (

    select * from {{ ref('stg_vault_columns') }}

),

renamed as (

    select
        {{ page_key(raw_column(columns, ['page_name', 'username'], 'string')) }} as page_name,
        {% for column in content_columns -%}
        {{ cast_raw(quoted_name(column), '', 'bool') }} as content_{{ loop.index }},
        {% endfor -%}
        {{ raw_load_time(columns) }} as loaded_at

    from source

),

dated as (

    select
        *,
        max(loaded_at) over () as last_loaded_at

    from renamed

),

spelled as (

    {% for column in content_columns -%}
    select {{ sql_text(column) }} as spelling, {{ loop.index }} as position
    {% if not loop.last -%}
    union all
    {% endif -%}
    {%- else -%}
    select cast(null as string) as spelling, 0 as position
    {%- endfor %}

),

keyed as (

    select
        position,
        {{ letters_and_digits('spelling') }} as vault_key

    from spelled

    where spelling is not null

),

unpivoted as (

    select
        dated.page_name,
        keyed.vault_key,
        case keyed.position
            {% for column in content_columns -%}
            when {{ loop.index }} then dated.content_{{ loop.index }}
            {% else -%}
            when 0 then false
            {% endfor -%}
        end as is_available

    from dated

    cross join keyed

    where
        dated.loaded_at = dated.last_loaded_at
        and dated.page_name is not null
        and keyed.vault_key <> ''

),

combined as (

    select
        unpivoted.page_name,
        min(vault_columns.vault_column) as vault_column,
        unpivoted.vault_key,
        min(case when unpivoted.is_available then 1 else 0 end) = 1 as is_available

    from unpivoted

    inner join vault_columns on unpivoted.vault_key = vault_columns.vault_key

    group by unpivoted.page_name, unpivoted.vault_key

)

select * from combined
