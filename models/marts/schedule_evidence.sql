-- One row per planned message. A view: the week that was planned a second ago is in it.

{{ config(materialized='view') }}

with

templates as (

    select * from {{ ref('stg_schedule_templates') }}

),

captions as (

    select * from {{ ref('caption_history') }}

),

vault as (

    select * from {{ ref('vault_history') }}

),

thresholds as (

    select * from {{ ref('settings_history') }}

),

-- A second build as of the same moment is on record microseconds later; the last of them counts.
messages as (

    select
        *,
        {{ add_seconds('as_of', 1) }} as on_record_until

    from templates

),

described as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        messages.week_start,
        messages.status,
        messages.as_of,
        messages.on_record_until,
        messages.caption_id,
        messages.price,
        thresholds.price_min,
        thresholds.price_max,
        thresholds.min_spacing_hours,
        thresholds.min_freshness_days,
        thresholds.page_name is not null
        and not coalesce(
            messages.price >= thresholds.price_min and messages.price <= thresholds.price_max, false
        ) as is_price_broken,
        captions.caption_id is not null as was_in_bank,
        captions.content_category,
        coalesce(captions.required_types, '') as required_types,
        captions.is_banned,
        captions.refused_by

    from messages

    left join captions
        on
            messages.caption_id = captions.caption_id
            and messages.on_record_until > captions.valid_from
            and (captions.valid_to is null or messages.on_record_until <= captions.valid_to)

    left join thresholds
        on
            messages.page_name = thresholds.page_name
            and messages.on_record_until > thresholds.valid_from
            and (thresholds.valid_to is null or messages.on_record_until <= thresholds.valid_to)

),

-- required_types is a list: a type is in it when taking it out makes the list shorter.
held as (

    select
        described.schedule_id,
        described.message_id,
        count(*) as held_count

    from described

    inner join vault
        on
            described.page_name = vault.page_name
            and vault.is_available
            and described.on_record_until > vault.valid_from
            and (vault.valid_to is null or described.on_record_until <= vault.valid_to)
            and replace(
                concat('|', replace(described.required_types, '|', '||'), '|'),
                concat('|', vault.content_type, '|'),
                ''
            ) <> concat('|', replace(described.required_types, '|', '||'), '|')

    group by described.schedule_id, described.message_id

),

counted as (

    select
        described.*,
        coalesce(held.held_count, 0) as held_count,
        case
            when described.required_types = '' then 0
            else length(described.required_types) - length(replace(described.required_types, '|', '')) + 1
        end as required_count

    from described

    left join held
        on
            described.schedule_id = held.schedule_id
            and described.message_id = held.message_id

),

answered as (

    select
        schedule_id,
        page_name,
        message_id,
        week_start,
        status,
        as_of,
        caption_id,
        content_category,
        required_types,
        price,
        price_min,
        price_max,
        min_spacing_hours,
        min_freshness_days,
        was_in_bank
        and refused_by is null
        and not is_banned
        and held_count = required_count
        and not is_price_broken as was_allowed,
        case
            when not was_in_bank then 'The caption was not in the bank.'
            when refused_by is not null then concat('The bank refused the caption: ', refused_by, '.')
            when is_banned then 'The caption held a banned term.'
            when held_count < required_count then concat('The vault did not hold all of ', required_types, '.')
            when is_price_broken then concat(
                'The price ', coalesce({{ number_text('price') }}, '(none)'), ' was outside ',
                {{ number_text('price_min') }}, ' to ', {{ number_text('price_max') }}, ' dollars.'
            )
            when required_count = 0 then concat('The category ', content_category, ' needed nothing of the vault.')
            else concat('The vault held ', required_types, '.')
        end as reason

    from counted

)

select * from answered
