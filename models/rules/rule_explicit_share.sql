-- A week whose share of explicit messages is further from the page's target than its tolerance.

with

content as (

    select * from {{ ref('int_schedule_content') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

shares as (

    select
        schedule_id,
        page_name,
        min(week_start) as week_start,
        avg(case when bank_content_class = 'explicit' then 1.0 else 0.0 end) as explicit_share

    from content

    group by schedule_id, page_name

),

bounded as (

    select
        shares.schedule_id,
        shares.page_name,
        shares.explicit_share,
        {{ page_setting('settings', 'explicit_share') }} as target,
        {{ page_setting('settings', 'explicit_share_tolerance') }} as tolerance

    from shares

    left join settings
        on
            shares.page_name = settings.page_name
            and {{ is_in_force('shares.week_start', 'settings') }}

),

broken as (

    select
        schedule_id,
        page_name,
        cast(null as string) as message_id,
        concat(
            'The explicit share ', {{ number_text('round(explicit_share, 3)') }},
            ' is further than ', {{ number_text('tolerance') }},
            ' from ', {{ number_text('target') }}, '.'
        ) as detail

    from bounded

    -- rounded: a border met in decimals is met, whatever its binary form
    where round(abs(explicit_share - target) - tolerance, 9) > 0

)

select * from broken
