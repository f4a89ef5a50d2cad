-- One row per page with a planned week that is not over: what it is believed to earn, and what its content
-- is worth on the page's own curve: mean and least index of its messages.

{{ config(materialized='view') }}

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

    where status in ('active', 'proposed') and is_week_open

),

curves as (

    select * from {{ ref('stg_response_curves') }}

    where curve = 'content'

),

latest as (

    select
        page_name,
        max(week_start) as week_start

    from messages

    group by page_name

),

summed as (

    select
        messages.page_name,
        max(messages.week_start) as week_start,
        max(messages.week_expected_revenue) as expected_revenue,
        count(*) as message_count,
        coalesce(avg(curves.estimate), 1) as mean_content_index,
        coalesce(min(curves.estimate), 1) as least_content_index

    from messages

    inner join latest
        on
            messages.page_name = latest.page_name
            and messages.week_start = latest.week_start

    left join curves
        on
            messages.page_name = curves.page_name
            and messages.content_type = curves.x

    group by messages.page_name

)

select * from summed
