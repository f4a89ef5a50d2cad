-- A week of a page whose data quality is not above the minimum, or not known.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

qualities as (

    select * from {{ ref('data_quality') }}

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
        qualities.data_quality_score,
        {{ page_setting('settings', 'data_quality_min') }} as score_min

    from weeks

    left join qualities
        on weeks.page_name = qualities.page_name

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
            'The data quality ', coalesce({{ number_text('data_quality_score') }}, '(unknown)'),
            ' is not above ', {{ number_text('score_min') }}, '.'
        ) as detail

    from scored

    where coalesce(data_quality_score, 0) <= score_min

)

select * from broken
