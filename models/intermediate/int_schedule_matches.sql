-- One row per planned message and real send that may be its execution: the same page, caption and
-- local day, no more than the tolerance apart.

{{ config(materialized='view') }}

with

planned as (

    select * from {{ ref('int_schedule_messages') }}

),

sent as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

paired as (

    select
        planned.schedule_id,
        planned.page_name,
        planned.message_id,
        sent.message_key,
        sent.sent_at,
        {{ timestamp_diff_seconds('sent.sent_at', 'planned.send_at') }} as seconds_late

    from planned

    inner join sent
        on
            planned.page_name = sent.page_name
            and planned.own_caption_key = sent.caption_key
            and planned.local_date = sent.local_date

),

tolerated as (

    select * from paired

    where abs(seconds_late) <= {{ var('execution_tolerance_hours') }} * 3600

)

select * from tolerated
