with

recorded as (

    select * from {{ ref('creator_settings_snapshot') }}

),

intervals as (

    select
        page_name
        {%- for setting in overridable_settings() %},
        {{ setting }}
        {%- endfor %},
        dbt_valid_from as valid_from,
        dbt_valid_to as valid_to

    from recorded

)

select * from intervals
