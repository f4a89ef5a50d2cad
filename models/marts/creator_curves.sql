-- One row per page, curve and point of the latest training. A view: the numbers are what the last
-- training wrote, which is also what the solver uses.

{{ config(materialized='view') }}

with

curves as (

    select * from {{ ref('stg_response_curves') }}

),

evidence as (

    select * from {{ ref('int_hour_evidence') }}

),

tried as (

    select
        curves.*,
        case when curves.curve = 'hour' then coalesce(evidence.has_evidence, false) end as has_evidence,
        coalesce(evidence.near_message_count, 0) as near_message_count

    from curves

    left join evidence
        on
            curves.curve = 'hour'
            and curves.page_name = evidence.page_name
            and curves.x_value = evidence.local_hour

),

-- Hours that nobody tried come last, whatever their estimate: it is not theirs. Of equal ones the hour
-- that was tried more.
ranked as (

    select
        *,
        row_number() over (
            partition by page_name, curve
            order by
                case when has_evidence then 0 else 1 end,
                estimate desc,
                near_message_count desc,
                x_value,
                x
        ) as estimate_rank

    from tried

),

flagged as (

    select
        page_name,
        curve,
        x,
        x_value,
        estimate,
        low,
        high,
        has_evidence,
        coalesce(has_evidence, false) and estimate_rank <= {{ var('prime_hours_count') }} as is_prime,
        estimate_rank as rank

    from ranked

)

select * from flagged
