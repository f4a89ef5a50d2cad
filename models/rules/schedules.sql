-- Every version of every schedule, message by message. A view: it shows what was just written.

{{ config(schema='marts') }}

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

categories as (

    select * from {{ ref('int_categories') }}

),

named as (

    select
        messages.*,
        coalesce(categories.category_name, messages.content_category) as category_name

    from messages

    left join categories on messages.content_category = categories.content_category

),

shown as (

    select
        ---------- ids
        schedule_id,
        page_name,
        week_start,
        status,
        message_id,
        run_id,
        training_hash,

        ---------- when
        send_at,
        timezone,
        local_at,
        local_date,
        local_hour,
        iso_weekday,
        is_week_open,

        ---------- what
        price,
        caption_id,
        caption_key,
        own_caption_key,
        caption_text,
        category_name as content_category,
        content_type,
        is_locked,
        is_price_test,
        strategy_note,

        ---------- what is expected
        expected_revenue,
        revenue_low,
        revenue_high,
        confidence,
        is_explored,
        propensity,
        revenue_given_up,
        week_expected_revenue,
        week_revenue_low,
        week_revenue_high,
        week_upper_bound,
        week_gap,
        week_relaxed,
        week_binding,
        week_bound_joint,
        week_conflict_cost,

        ---------- where it comes from
        as_of,
        written_at

    from named

)

select * from shown
