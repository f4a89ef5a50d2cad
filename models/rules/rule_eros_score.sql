-- A week of a page whose EROS score is below the target, or not known.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

pages as (

    select * from {{ ref('creators') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

weeks as (

    select distinct
        schedule_id,
        page_name,
        week_start

    from messages

),

scored as (

    select
        weeks.schedule_id,
        weeks.page_name,
        pages.eros_score,
        {{ page_setting('settings', 'eros_score_target') }} as score_target

    from weeks

    left join pages
        on weeks.page_name = pages.page_name

    left join settings
        on
            weeks.page_name = settings.page_name
            and {{ is_in_force('weeks.week_start', 'settings') }}

),

broken as (

    select
        schedule_id,
        page_name,
        cast(null as string) as message_id,
        concat(
            'The EROS score ', coalesce({{ number_text('round(eros_score, 2)') }}, '(unknown)'),
            ' is below ', {{ number_text('score_target') }}, '.'
        ) as detail

    from scored

    where not coalesce(eros_score >= score_target, false)

)

select * from broken
