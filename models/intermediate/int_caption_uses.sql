-- One row per page and caption_key that it sent: valid messages of any age up to as_of.

with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

used as (

    select
        page_name,
        caption_key,
        count(*) as sends,
        max(sent_at) as last_sent_at,
        max(local_date) as last_sent_on

    from messages

    where caption_key is not null

    group by page_name, caption_key

)

select * from used
