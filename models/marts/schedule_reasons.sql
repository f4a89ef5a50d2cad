-- One row per planned message with the evidence behind it. A view: a run's is seen at once.

{{ config(materialized='view') }}

with

reasons as (

    select * from {{ source('operations', 'schedule_reasons') }}

),

shown as (

    select
        ---------- ids
        schedule_id,
        page_name,
        message_id,

        ---------- why this hour
        local_hour,
        daypart,
        is_prime,
        hour_index,
        holiday,

        ---------- why this price
        price,
        price_revenue,
        lower_price,
        lower_price_revenue,
        higher_price,
        higher_price_revenue,

        ---------- why this caption
        caption_sends,
        caption_score,
        caption_days_since,
        energy,
        energy_suits,
        price_tier,
        runner_up_caption_id,
        runner_up_loss

    from reasons

)

select * from shown
