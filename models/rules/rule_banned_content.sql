-- A message with a banned term, or with what its page may not send: a text pattern, a content
-- category, a price tier. A message without a text cannot be checked and is refused.

with

content as (

    select * from {{ ref('int_schedule_content') }}

),

banned_terms as (

    select * from {{ ref('banned_terms') }}

),

page_restrictions as (

    select * from {{ ref('page_restrictions') }}

),

messages as (

    select
        schedule_id,
        page_name,
        message_id,
        caption_text,
        {{ word_tokens('caption_text') }} as text_tokens,
        {{ letters_and_digits('bank_category') }} as category_letters,
        {{ letters_and_digits('bank_content_type') }} as type_letters,
        lower(trim(bank_price_tier)) as price_tier

    from content

),

terms as (

    select
        term,
        {{ word_tokens('term') }} as term_tokens

    from banned_terms

),

restrictions as (

    select
        lower(trim(page_name)) as page_name,
        lower(trim(restriction_type)) as restriction_type,
        value,
        {{ letters_and_digits('value') }} as value_letters,
        lower(trim(value)) as value_lower

    from page_restrictions

),

breaches as (

    select
        schedule_id,
        page_name,
        message_id,
        'There is no text to check.' as detail

    from messages

    where caption_text is null

    union all

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        concat('The text holds the banned term "', terms.term, '".') as detail

    from messages

    inner join terms
        on {{ has_words('messages.text_tokens', 'terms.term_tokens') }}

    union all

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        concat(
            'The page may not send the ', restrictions.restriction_type, ' "',
            restrictions.value, '".'
        ) as detail

    from messages

    inner join restrictions
        on messages.page_name = restrictions.page_name

    where
        (
            restrictions.restriction_type = 'pattern'
            and {{ matches_pattern('messages.caption_text', 'restrictions.value') }}
        )
        or (
            restrictions.restriction_type = 'category'
            and (
                messages.category_letters = restrictions.value_letters
                or messages.type_letters = restrictions.value_letters
            )
        )
        or (
            restrictions.restriction_type = 'price_tier'
            and messages.price_tier = restrictions.value_lower
        )

),

-- One row per message, with the first of its breaches.
broken as (

    select
        schedule_id,
        page_name,
        message_id,
        min(detail) as detail

    from breaches

    group by schedule_id, page_name, message_id

)

select * from broken
