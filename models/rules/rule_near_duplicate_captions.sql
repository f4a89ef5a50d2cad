-- Messages of one week whose captions say the same in other words: another caption of their
-- near-duplicate group goes out earlier in the week. Captions that were not read yet are not judged.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

tags as (

    select * from {{ ref('int_caption_tags') }}

),

grouped as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        messages.own_caption_key,
        messages.local_at,
        min(messages.own_caption_key) over (
            partition by messages.schedule_id, tags.near_duplicate_group
        ) as lowest_key,
        max(messages.own_caption_key) over (
            partition by messages.schedule_id, tags.near_duplicate_group
        ) as highest_key,
        min(messages.local_at) over (
            partition by messages.schedule_id, tags.near_duplicate_group
        ) as first_at

    from messages

    inner join tags on messages.own_caption_key = tags.caption_key

    where tags.near_duplicate_group is not null

),

-- The same caption twice is for the rule caption_unique_in_week.
broken as (

    select
        schedule_id,
        page_name,
        message_id,
        concat('Says the same as the caption of ', cast(cast(first_at as date) as string), '.')
            as detail

    from grouped

    where lowest_key < highest_key and local_at > first_at

)

select * from broken
