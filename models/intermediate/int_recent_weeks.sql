-- One row per page with complete weeks: what its last ones earned, which a planned week is held against.

with

weeks as (

    select * from {{ ref('int_page_weeks') }}

    where complete_weeks_ago <= {{ var('report_recent_weeks') }}

),

averaged as (

    select
        page_name,
        count(*) as week_count,
        min(week_start) as first_week_start,
        {{ add_days('max(week_start)', '6') }} as last_date,
        avg(earnings) as weekly_earnings

    from weeks

    group by page_name

)

select * from averaged
