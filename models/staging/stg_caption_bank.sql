-- One row per caption of the latest load, and one per row without an id. Of rows that repeat an id
-- one is kept, by content; repeat_count says how many more there were.

{% set columns = raw_columns('caption_bank') %}
{# Not in the contract, so absent unless it was seen. #}
{% set energy = raw_column(columns if columns is not none else {}, ['energy_tag', 'energy'], 'string') %}

with

source as (

    select * from {{ source('eros_raw', 'caption_bank') }}

),

renamed as (

    select
        ---------- ids
        {{ raw_column(columns, 'caption_id', 'int64') }} as caption_id,

        ---------- texts
        {{ raw_column(columns, 'caption_text', 'string') }} as caption_text,
        {{ trim_text(raw_column(columns, 'content_category', 'string')) }} as content_category,
        lower({{ trim_text(raw_column(columns, 'price_tier', 'string')) }}) as price_tier,
        lower({{ trim_text(raw_column(columns, 'validation_level', 'string')) }}) as validation_level,
        lower({{ trim_text(raw_column(columns, 'usage_status', 'string')) }}) as usage_status,
        lower({{ trim_text(energy) }}) as energy_tag,

        ---------- numerics
        {{ raw_column(columns, 'total_sends', 'int64') }} as total_sends,
        {{ raw_column(columns, 'lifetime_revenue', 'float') }} as lifetime_revenue,
        {{ raw_column(columns, 'avg_conversion_rate', 'float') }} as avg_conversion_rate,
        {{ raw_column(columns, 'overall_performance_score', 'float') }} as overall_performance_score,
        {{ raw_column(columns, 'days_since_last_use', 'int64') }} as days_since_last_use,

        ---------- timestamps (UTC)
        {{ raw_load_time(columns) }} as loaded_at

    from source

),

dated as (

    select
        *,
        max(loaded_at) over () as last_loaded_at,
        {{ content_hash([
            'caption_text', 'content_category', 'price_tier', 'validation_level', 'usage_status',
            'energy_tag', 'total_sends', millionths('lifetime_revenue'),
            millionths('avg_conversion_rate'), millionths('overall_performance_score'),
            'days_since_last_use',
        ]) }} as content

    from renamed

),

numbered as (

    select
        *,
        row_number() over (
            partition by caption_id
            order by
                case when caption_text is null then 1 else 0 end,
                coalesce(total_sends, -1) desc,
                content
        ) as occurrence,
        count(*) over (partition by caption_id) - 1 as repeat_count

    from dated

    where loaded_at = last_loaded_at

),

flagged as (

    select
        ---------- ids
        caption_id,
        {{ caption_key('caption_text') }} as caption_key,

        ---------- texts
        caption_text,
        nullif(content_category, '') as content_category,
        price_tier,
        validation_level,
        usage_status,
        nullif(energy_tag, '') as energy_tag,
        case
            when caption_id is null then 'missing_id'
            when coalesce({{ trim_text('caption_text') }}, '') = '' then 'missing_text'
        end as rejection_reason,

        ---------- numerics
        total_sends,
        lifetime_revenue,
        avg_conversion_rate,
        overall_performance_score,
        days_since_last_use,
        case when caption_id is null then 0 else repeat_count end as repeat_count

    from numbered

    where caption_id is null or occurrence = 1

)

select * from flagged
