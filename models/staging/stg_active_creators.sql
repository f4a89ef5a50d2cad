-- One row per page of the latest load. Of rows that repeat a page one is kept: one with a known time
-- zone first, then one that is switched off, then by content.

{% set columns = raw_columns('active_creators') %}

with

source as (

    select * from {{ source('eros_raw', 'active_creators') }}

),

time_zones as (

    select * from {{ ref('time_zones') }}

),

renamed as (

    select
        {{ page_key(raw_column(columns, ['page_name', 'username'], 'string')) }} as page_name,
        {{ page_key(raw_column(columns, 'timezone', 'string')) }} as timezone_key,
        nullif({{ trim_text(raw_column(columns, 'platform', 'string')) }}, '') as platform,
        coalesce({{ raw_column(columns, 'is_active', 'bool') }}, true) as is_active,
        {{ raw_load_time(columns) }} as loaded_at

    from source

),

dated as (

    select
        *,
        max(loaded_at) over () as last_loaded_at

    from renamed

),

zoned as (

    select
        dated.page_name,
        time_zones.timezone,
        dated.platform,
        dated.is_active

    from dated

    left join time_zones on dated.timezone_key = lower(time_zones.timezone)

    where
        dated.loaded_at = dated.last_loaded_at
        and dated.page_name is not null

),

numbered as (

    select
        *,
        row_number() over (
            partition by page_name
            order by
                case when timezone is null then 1 else 0 end,
                case when is_active then 1 else 0 end,
                coalesce(timezone, ''),
                coalesce(platform, '')
        ) as occurrence

    from zoned

),

flagged as (

    select
        page_name,
        coalesce(timezone, '{{ var("default_timezone") }}') as timezone,
        timezone is null as is_timezone_default,
        platform,
        is_active

    from numbered

    where occurrence = 1

)

select * from flagged
