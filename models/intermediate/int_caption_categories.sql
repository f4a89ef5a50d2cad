-- One row per caption_key and content category that the bank gives it.

with

bank as (

    select * from {{ ref('stg_caption_bank') }}

),

categories as (

    select * from {{ ref('int_categories') }}

),

-- Rows of any status: a retired copy that says B/G still says what is in the video.
counted as (

    select
        caption_key,
        content_category,
        count(*) as bank_row_count

    from bank

    where caption_key is not null

    group by caption_key, content_category

),

described as (

    select
        counted.caption_key,
        counted.content_category,
        counted.bank_row_count,
        categories.content_type,
        coalesce(
            categories.content_type,
            nullif({{ letters_and_digits('counted.content_category') }}, ''),
            'unknown'
        ) as content_category_key,
        coalesce(categories.content_class, 'unknown') as content_class,
        coalesce(categories.is_known, false) as is_known

    from counted

    left join categories on counted.content_category = categories.content_category

)

select * from described
