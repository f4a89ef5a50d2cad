-- A week believed to earn many times what the page ever earned in one. It may be true; more often a raw file
-- lacks a column, or a decimal point slipped.

with

weeks as (

    select
        schedule_id,
        page_name,
        max(week_expected_revenue) as expected_revenue

    from {{ ref('int_schedule_messages') }}

    group by schedule_id, page_name

),

evidence as (

    select * from {{ ref('page_evidence') }}

),

compared as (

    select
        weeks.schedule_id,
        weeks.page_name,
        weeks.expected_revenue,
        evidence.best_week_earnings

    from weeks

    inner join evidence on weeks.page_name = evidence.page_name

    where evidence.complete_week_count > 0

),

broken as (

    select
        schedule_id,
        page_name,
        cast(null as string) as message_id,
        concat(
            'The week is believed to earn $', {{ number_text('round(expected_revenue)') }},
            '; the best week ever known earned $', {{ number_text('round(best_week_earnings)') }},
            '. Look for a wrong figure in the data first.'
        ) as detail

    from compared

    where expected_revenue > {{ var('evidence_week_ratio') }} * best_week_earnings

)

select * from broken
