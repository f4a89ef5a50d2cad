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

),

described as (

    select
        captions.schedule_id,
        captions.page_name,
        captions.message_id,
        captions.bank_caption_id,
        captions.bank_caption_text,
        captions.is_of_id,
        captions.is_of_text,
        bank.caption_key as bank_caption_key,
        bank.content_category as bank_content_category,
        bank.content_category_key as bank_content_category_key,
        bank.content_type as bank_content_type,
        bank.content_class as bank_content_class,
        bank.price_tier as bank_price_tier,
        bank.energy as bank_energy

    from captions

    inner join bank
        on captions.bank_caption_id = bank.caption_id

)

select * from described
