{% set starts = (var('starter_weeks') or not var('enable_ml_predictions')) | string | lower %}

with

pages as (

    select * from {{ ref('int_pages') }}

),

overrides as (

    select * from {{ ref('int_page_overrides') }}

),

performance as (

    select * from {{ ref('creator_performance') }}

),

qualities as (

    select * from {{ ref('data_quality') }}

),

trained as (

    select count(*) as message_count from {{ ref('training_messages') }}

),

effective as (

    select
        pages.page_name
        {%- for setting in overridable_settings() %},
        cast(coalesce(overrides.{{ setting }}, {{ var(setting) }}) as {{ setting_type(setting) }}) as {{ setting }}
        {%- endfor %},
        overrides.valid_from,
        overrides.valid_until

    from pages

    left join overrides on pages.page_name = overrides.page_name

),

-- Few rows, not many bad ones: those are a matter of data quality.
known as (

    select
        pages.page_name,
        {{ starts }}
        and coalesce(performance.usable_message_count, 0) < {{ var('min_usable_messages') }}
        and coalesce(qualities.row_count, 0) < 2 * {{ var('min_usable_messages') }} as is_new_page,
        {{ starts }} and trained.message_count < {{ var('min_training_messages') }} as is_new_agency

    from pages

    left join performance on pages.page_name = performance.page_name

    left join qualities on pages.page_name = qualities.page_name

    cross join trained

),

-- What a starter week may have, and what nothing can be asked of where nothing is known.
started as (

    select
        effective.page_name
        {%- for setting in overridable_settings() %},
        {%- if setting == 'messages_per_week_max' %}
        case
            when known.is_new_page or known.is_new_agency
                then least(
                    effective.{{ setting }},
                    greatest(effective.messages_per_week_min, {{ var('starter_messages_max') }})
                )
            else effective.{{ setting }}
        end as {{ setting }}
        {%- elif setting == 'data_quality_min' %}
        case when known.is_new_page then -1 else effective.{{ setting }} end as {{ setting }}
        {%- elif setting == 'confidence_min' %}
        case
            when known.is_new_page or known.is_new_agency then 0 else effective.{{ setting }}
        end as {{ setting }}
        {%- else %}
        effective.{{ setting }}
        {%- endif %}
        {%- endfor %},
        known.is_new_page or known.is_new_agency as is_starter,
        effective.valid_from,
        effective.valid_until

    from effective

    inner join known on effective.page_name = known.page_name

)

select * from started
