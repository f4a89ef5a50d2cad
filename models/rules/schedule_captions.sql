-- One row per planned message and bank caption that its id or its text names. Where the two name
-- different captions, somebody changed one of them.

{{ config(schema='marts') }}

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

bank as (

    select * from {{ ref('int_caption_bank') }}

),

named as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        bank.caption_id as bank_caption_id,
        bank.caption_text as bank_caption_text,
        1 as of_id,
        0 as of_text

    from messages

    inner join bank on messages.caption_id = bank.caption_id

    union all

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        bank.caption_id as bank_caption_id,
        bank.caption_text as bank_caption_text,
        0 as of_id,
        1 as of_text

    from messages

    inner join bank on messages.own_caption_key = bank.caption_key

),

captions as (

    select
        schedule_id,
        page_name,
        message_id,
        bank_caption_id,
        min(bank_caption_text) as bank_caption_text,
        max(of_id) = 1 as is_of_id,
        max(of_text) = 1 as is_of_text

    from named

    group by schedule_id, page_name, message_id, bank_caption_id

)

select * from captions
