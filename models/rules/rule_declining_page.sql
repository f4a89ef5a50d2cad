-- A week of a page in decline, flagged so that somebody looks at it.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

pages as (

    select * from {{ ref('creators') }}

),

weeks as (

    select distinct
        schedule_id,
        page_name

    from messages

),

broken as (

    select
        weeks.schedule_id,
        weeks.page_name,
        cast(null as string) as message_id,
        concat(
            'The page is declining: its health ratio is ',
            coalesce({{ number_text('round(pages.health_ratio, 3)') }}, '(unknown)'), '.'
        ) as detail

    from weeks

    inner join pages
        on weeks.page_name = pages.page_name

    where pages.health_status = 'DECLINING'

)

select * from broken
