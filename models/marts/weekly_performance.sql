with

weeks as (

    select * from {{ ref('int_page_weeks') }}

),

listed as (

    select
        page_name,
        week_start,
        message_count,
        earnings,
        is_complete,
        complete_weeks_ago

    from weeks

)

select * from listed
