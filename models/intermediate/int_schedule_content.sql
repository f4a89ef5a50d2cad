-- One row per planned message with what the current caption bank says its caption is: an edited
-- category in the plan changes nothing. NULL category: the caption id is not in the bank.

{{ config(materialized='view') }}

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

bank as (

    select * from {{ ref('int_caption_bank') }}

),

categories as (

    select * from {{ ref('int_categories') }}

),

described as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.week_start,
        messages.message_id,
        messages.caption_id,
        messages.caption_text,
        messages.local_date,
        messages.send_at,
        messages.own_caption_key,
        bank.caption_key as bank_caption_key,
        bank.caption_id is not null as is_in_bank,
        bank.content_category as bank_category,
        bank.price_tier as bank_price_tier,
        categories.content_type as bank_content_type,
        categories.content_class as bank_content_class,
        coalesce(categories.content_type, {{ letters_and_digits('bank.content_category') }})
            as bank_category_key

    from messages

    left join bank
        on messages.caption_id = bank.caption_id

    left join categories
        on bank.content_category = categories.content_category

)

select * from described
