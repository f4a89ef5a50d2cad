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

time_zone_words as (

    select * from {{ ref('time_zone_words') }}

),

renamed as (

    select
        {{ page_key(raw_column(columns, ['page_name', 'username'], 'string')) }} as page_name,
        nullif({{ trim_text(raw_column(columns, 'timezone', 'string')) }}, '') as timezone_given,
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

-- A word of everyday (EST, Eastern Time) wins over the IANA name of the same letters, which is an hour off
-- in summer.
zones as (

    select
        {{ time_zone_key('word') }} as timezone_key,
        timezone

    from time_zone_words

    union all

    select
        {{ time_zone_key('time_zones.timezone') }} as timezone_key,
        time_zones.timezone

    from time_zones

    left join time_zone_words
        on {{ time_zone_key('time_zones.timezone') }} = {{ time_zone_key('time_zone_words.word') }}

    where time_zone_words.word is null

),

zoned as (

    select
        dated.page_name,
        dated.timezone_given,
        zones.timezone,
        dated.platform,
        dated.is_active

    from dated

    left join zones on {{ time_zone_key('dated.timezone_given') }} = zones.timezone_key

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
                coalesce(timezone_given, ''),
                coalesce(platform, '')
        ) as occurrence

    from zoned

),

flagged as (

    select
        page_name,
        coalesce(timezone, '{{ var("default_timezone") }}') as timezone,
        timezone is null as is_timezone_default,
        timezone_given,
        platform,
        is_active

    from numbered

    where occurrence = 1

)

select * from flagged
