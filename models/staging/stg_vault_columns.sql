-- One row per content type the vault knows: the raw table's columns themselves, whether or not a page
-- has a row. Columns that differ only in signs or case ('B/G', 'BG') are one content type.

with

spelled as (

    {% for column in vault_columns() -%}
    select {{ sql_text(column) }} as vault_column
    {% if not loop.last -%}
    union all
    {% endif -%}
    {%- else -%}
    select cast(null as string) as vault_column
    {%- endfor %}

),

keyed as (

    select
        vault_column,
        {{ letters_and_digits('vault_column') }} as vault_key

    from spelled

),

grouped as (

    select
        min(vault_column) as vault_column,
        vault_key

    from keyed

    where vault_key <> ''

    group by vault_key

)

select * from grouped
