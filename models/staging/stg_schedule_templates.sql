-- One row per planned message of every schedule version.

with

source as (

    select * from {{ source('operations', 'schedule_templates') }}

),

renamed as (

    select
        ---------- ids
        schedule_id,
        page_name,
        message_id,
        run_id,
        training_hash,

        ---------- what was planned
        status,
        price,
        caption_id,
        caption_key,
        caption_text,
        content_category,
        content_type,
        strategy_note,
        is_locked,
        is_price_test,
        propensity,
        is_explored,
        week_relaxed,
        week_binding,

        ---------- what is expected, in dollars
        expected_revenue,
        revenue_low,
        revenue_high,
        revenue_given_up,
        week_expected_revenue,
        week_revenue_low,
        week_revenue_high,
        week_upper_bound,
        week_gap,
        week_bound_joint,
        week_conflict_cost,
        confidence,

        ---------- times (UTC)
        week_start,
        send_at,
        as_of,
        written_at

    from source

)

select * from renamed
