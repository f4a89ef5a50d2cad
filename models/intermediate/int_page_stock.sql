-- One row per page with a valid message: what its sends have left behind at as_of.

with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

aged as (

    select
        page_name,
        {{ timestamp_diff_seconds(as_of(), 'sent_at') }} / 3600.0 as age_hours

    from messages

),

summed as (

    select
        page_name,
        round(sum(exp(-age_hours / {{ var('fatigue_short_hours') }})), 9) as send_stock_short,
        round(sum(exp(-age_hours / {{ var('fatigue_middle_hours') }})), 9) as send_stock_middle,
        round(sum(exp(-age_hours / {{ var('fatigue_long_hours') }})), 9) as send_stock_long

    from aged

    group by page_name

)

select * from summed
