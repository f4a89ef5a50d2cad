-- Messages of one week with the same caption, judged by their own texts. Only a price test, marked
-- on every one of them, may repeat a caption.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

counted as (

    select
        schedule_id,
        page_name,
        message_id,
        count(*) over (partition by schedule_id, own_caption_key) as sends,
        sum(case when is_price_test then 0 else 1 end)
            over (partition by schedule_id, own_caption_key) as sends_outside_a_test

    from messages

),

broken as (

    select
        schedule_id,
        page_name,
        message_id,
        concat('The caption is sent ', cast(sends as string), ' times in the week.') as detail

    from counted

    where sends > 1 and sends_outside_a_test > 0

)

select * from broken
