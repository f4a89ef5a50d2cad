-- Every setting that this build used is of the type and inside the range that setting_ranges states.
-- `scheduler` checks that before a build; this one also sees what dbt was given by hand.
-- A row: a setting that is out of its range, or has none.
with

settings as (

    select * from {{ ref('settings') }}

),

ranges as (

    select * from {{ ref('setting_ranges') }}

),

read as (

    select
        settings.setting,
        settings.value,
        ranges.value_type,
        ranges.minimum,
        ranges.maximum,
        ranges.choices,
        {{ cast_raw('settings.value', 'string', 'float') }} as number_value

    from settings

    left join ranges on settings.setting = ranges.setting

    -- what the build says of itself
    where settings.setting not in ('is_tested', 'built_at', 'raw_fingerprint')

),

broken as (

    select * from read

    where
        value_type is null
        or (
            value_type in ('integer', 'number')
            and not coalesce(number_value between minimum and maximum, false)
        )
        or (value_type = 'integer' and number_value <> floor(number_value))
        or (value_type = 'boolean' and coalesce(value, '') not in ('true', 'false'))
        or (
            value_type in ('boolean', 'word')
            and choices is not null
            and not coalesce(concat('|', choices, '|') like concat('%|', value, '|%'), false)
        )
        or (value_type in ('words', 'integers', 'points') and coalesce(value, '') not like '[%]')

)

select * from broken
