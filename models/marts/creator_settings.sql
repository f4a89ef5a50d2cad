with

pages as (

    select * from {{ ref('int_pages') }}

),

overrides as (

    select
        {{ page_key('page_name') }} as page_name,
        setting,
        value

    from {{ ref('creator_overrides') }}

),

pivoted as (

    select
        page_name
        {%- for setting in overridable_settings() %},
        max(case when setting = '{{ setting }}' then value end) as {{ setting }}
        {%- endfor %}

    from overrides

    group by page_name

),

effective as (

    select
        pages.page_name
        {%- for setting in overridable_settings() %},
        cast(coalesce(pivoted.{{ setting }}, {{ var(setting) }}) as {{ setting_type(setting) }}) as {{ setting }}
        {%- endfor %}

    from pages

    left join pivoted on pages.page_name = pivoted.page_name

)

select * from effective
