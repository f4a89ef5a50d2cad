-- One row per current raw message, typed and cleaned. A row depends on its raw row alone, never on the
-- clock, a setting or another table, so a build only adds what later loads brought: a new row is
-- inserted, a correction replaces the row of its row_id. Rows without a row_id all stay. A repeat that
-- the latest load of its row_id no longer has keeps its older loaded_at; stg_mass_messages drops it.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='message_key',
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

-- Few rows, so that the running count sorts loads and not messages.
loads as (

    select
        loaded_at,
        cast(sum(count(*)) over (order by loaded_at) as int64)
        + {{ last_load.row_count if last_load else 0 }} as raw_row_count

    from newer

    group by loaded_at

),

arrived as (

    select
        newer.*,
        loads.raw_row_count,
        max(newer.loaded_at) over (partition by newer.row_id) as last_loaded_at,
        {{ content_hash([
            'page_name', 'message', 'sent_at', 'price', 'sent_count', 'viewed_count',
            'purchased_count', 'earnings', 'message_type',
        ]) }} as content

    from newer

    inner join loads on newer.loaded_at = loads.loaded_at

),

identified as (

    select
        *,
        case
            when row_id is null then concat('content:', content)
            else concat('id:', row_id)
        end as row_identity

    from arrived

    where row_id is null or loaded_at = last_loaded_at

),

-- Without a row_id, equal rows of earlier loads stay, and the new ones are counted on from them.
earlier as (
    {% if last_load %}
    select
        row_identity,
        count(*) as row_count

    from {{ this }}

    where row_id is null

    group by row_identity
    {% else %}
    select
        cast(null as string) as row_identity,
        0 as row_count
    {% endif %}
),

-- Counts only grow after a send, so of repeats the fullest row is the one to keep.
numbered as (

    select
        identified.*,
        coalesce(earlier.row_count, 0) + row_number() over (
            partition by identified.row_identity
            order by
                coalesce(identified.sent_count, -1) desc,
                coalesce(identified.viewed_count, -1) desc,
                coalesce(identified.purchased_count, -1) desc,
                coalesce(identified.earnings, -1) desc,
                identified.content,
                identified.loaded_at
        ) as occurrence

    from identified

    left join earlier on identified.row_identity = earlier.row_identity

),

keyed as (

    select
        ---------- ids
        {{ string_hash("concat(row_identity, '#', cast(occurrence as string))") }} as message_key,
        row_identity,
        occurrence,
        row_id,
        page_name,
        caption_key,

        ---------- texts
        message,
        message_type,

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
        raw_row_count,
        '{{ message_definition() }}' as definition

    from numbered

)

select * from keyed
