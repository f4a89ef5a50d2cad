-- A week whose confidence is below the minimum, or missing on any of its messages.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

weeks as (

    select
        schedule_id,
        page_name,
        min(week_start) as week_start,
        min(coalesce(confidence, -1)) as confidence

    from messages

    group by schedule_id, page_name

),

bounded as (

    select
        weeks.schedule_id,
        weeks.page_name,
        weeks.confidence,
        {{ page_setting('settings', 'confidence_min') }} as confidence_min

    from weeks

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
            'The confidence ',
            case when confidence < 0 then '(missing)' else {{ number_text('confidence') }} end,
            ' is below ', {{ number_text('confidence_min') }}, '.'
        ) as detail

    from bounded

    where confidence < confidence_min

)

select * from broken
