-- One row per raw message row, typed and cleaned. A row depends on its raw row alone, never on the clock, a
-- setting or another table, so a build only adds what later loads brought. Which rows are current is for
-- stg_mass_messages to say.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='fact_key',
    partition_by=by_day('sent_at'),
    cluster_by=['page_name'],
) }}

{% set last_load = last_message_load() %}

with

source as (

    select * from {{ source('eros_raw', 'mass_messages') }}
    {% if last_load and last_load.is_time %}
    -- the raw column itself, so that a table partitioned by it is read from there on
    where _loaded_at > cast('{{ last_load.loaded_at }}' as timestamp)
    {% endif %}

),

renamed as (

    select
        {{ message_columns() }}

    from source

),

newer as (

    select * from renamed
    {% if last_load %}
    where loaded_at > cast('{{ last_load.loaded_at }}' as timestamp)
    {% endif %}

),

arrived as (

    select
        *,
        {{ message_identity() }} as message_identity,
        {{ message_content() }} as content

    from newer

),

numbered as (

    select
        *,
        row_number() over (partition by loaded_at, row_id, content order by message) as copy_number

    from arrived

),

keyed as (

    select
        ---------- ids
        {{ content_hash([unix_micros('loaded_at'), 'row_id', 'content', 'copy_number']) }} as fact_key,
        message_identity,
        row_id,
        page_name,
        caption_key,
        plain_text_key,

        ---------- texts
        message,
        message_type,
        content,

        ---------- numerics
        price,
        sent_count,
        viewed_count,
        purchased_count,
        earnings,

        ---------- timestamps (UTC)
        sent_at,

        ---------- where the next build goes on
        loaded_at,
        '{{ message_definition() }}' as definition

    from numbered

)

select * from keyed
