-- One row per current raw row: a row of a later load replaces the earlier ones of its row_id, rows
-- without a row_id stay. Rejected rows stay too, with the first check they fail.

{% set columns = raw_columns('mass_messages') %}

with

source as (

    select * from {{ source('eros_raw', 'mass_messages') }}

),

renamed as (

    select
        ---------- ids
        {{ raw_column(columns, 'row_id', 'string') }} as row_id,
        {{ page_key(raw_column(columns, 'page_name', 'string')) }} as page_name,

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
        coalesce(
            {{ raw_column(columns, '_loaded_at', 'timestamp') }},
            cast('1970-01-01 00:00:00' as timestamp)
        ) as loaded_at

    from source

),

dated as (

    select
        *,
        max(loaded_at) over (partition by row_id) as last_loaded_at,
        {{ content_hash([
            'page_name', 'message', 'sent_at', 'price', 'sent_count', 'viewed_count',
            'purchased_count', 'earnings', 'message_type',
        ]) }} as content

    from renamed

),

identified as (

    select
        *,
        case
            when row_id is null then concat('content:', content)
            else concat('id:', row_id)
        end as row_identity

    from dated

    where row_id is null or loaded_at = last_loaded_at

),

-- Counts only grow after a send, so of repeats the fullest row is the one to keep.
numbered as (

    select
        *,
        row_number() over (
            partition by row_identity
            order by
                coalesce(sent_count, -1) desc,
                coalesce(viewed_count, -1) desc,
                coalesce(purchased_count, -1) desc,
                coalesce(earnings, -1) desc,
                content
        ) as occurrence

    from identified

),

checked as (

    select
        *,
        case
            when page_name is null then 'missing_page'
            when sent_at is null then 'missing_time'
            when sent_at > {{ as_of() }} then 'future_time'
            when row_id is not null and occurrence > 1 then 'repeat'
            when sent_count < 1 then 'no_recipients'
            when viewed_count > sent_count then 'views_above_sends'
            when purchased_count > viewed_count then 'purchases_above_views'
            when earnings < 0 then 'negative_earnings'
            when price < 0 or price > {{ var('max_valid_price') }} then 'price_out_of_range'
        end as rejection_reason

    from numbered

),

flagged as (

    select
        ---------- ids
        {{ string_hash("concat(row_identity, '#', cast(occurrence as string))") }} as message_key,
        row_id,
        page_name,
        {{ caption_key('message') }} as caption_key,

        ---------- texts
        message,
        message_type,
        rejection_reason,

        ---------- numerics
        price,
        sent_count,
        viewed_count,
        purchased_count,
        earnings,

        ---------- booleans
        coalesce(price > 0, false) as is_priced,
        rejection_reason is null as is_valid,
        rejection_reason is null
        and coalesce(sent_count >= {{ var('min_sent_count') }}, false) as is_usable,

        ---------- timestamps (UTC)
        sent_at

    from checked

)

select * from flagged
