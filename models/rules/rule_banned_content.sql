-- A message with a banned term, or with what its page may not send on its day: a text pattern, a content
-- category, a price tier, one caption. A message without a text cannot be checked and is refused. A caption is
-- banned from now on: that it was sent cannot be mended any more.

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

bank as (

    select * from {{ ref('int_caption_bank') }}

),

messages as (

    select
        schedule_id,
        page_name,
        message_id,
        local_date,
        send_at,
        cast(caption_id as string) as caption_id,
        own_caption_key,
        bank_caption_key,
        caption_text,
        {{ word_tokens('caption_text') }} as text_tokens,
        {{ letters_and_digits('bank_category') }} as category_letters,
        {{ letters_and_digits('bank_content_type') }} as type_letters,
        lower(trim(bank_price_tier)) as price_tier

    from content

),

-- NULL page_name: a ban of every page.
bans as (

    select
        cast(null as string) as page_name,
        'term' as ban,
        term as value,
        cast(null as date) as valid_from,
        cast(null as date) as valid_until

    from banned_terms

    union all

    select
        lower(trim(page_name)) as page_name,
        lower(trim(restriction_type)) as ban,
        value,
        valid_from,
        valid_until

    from page_restrictions

    union all

    select
        cast(null as string) as page_name,
        'no text' as ban,
        '' as value,
        cast(null as date) as valid_from,
        cast(null as date) as valid_until

),

spelled as (

    select
        bans.page_name,
        bans.ban,
        bans.value,
        bans.valid_from,
        bans.valid_until,
        {{ word_tokens('bans.value') }} as value_tokens,
        {{ letters_and_digits('bans.value') }} as value_letters,
        lower(trim(bans.value)) as value_lower,
        -- a value of another kind is no pattern, and need not be a valid one
        case when bans.ban = 'pattern' then bans.value end as value_pattern,
        bank.caption_key as banned_key

    from bans

    left join bank
        on
            bans.ban = 'caption'
            and trim(bans.value) = cast(bank.caption_id as string)

),

-- One row per message, with the first of its breaches.
broken as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        min(
            case spelled.ban
                when 'no text' then 'There is no text to check.'
                when 'term' then concat('The text holds the banned term "', spelled.value, '".')
                else concat('The page may not send the ', spelled.ban, ' "', spelled.value, '".')
            end
        ) as detail

    from messages

    inner join spelled
        on
            (spelled.page_name is null or spelled.page_name = messages.page_name)
            and {{ is_in_force('messages.local_date', 'spelled') }}
            and case spelled.ban
                when 'no text' then messages.caption_text is null or {{ trim_text('messages.caption_text') }} = ''
                when 'term' then {{ has_words('messages.text_tokens', 'spelled.value_tokens') }}
                when 'pattern'
                    then {{ matches_pattern('messages.caption_text', 'spelled.value_pattern') }}
                when 'category'
                    then
                        spelled.value_letters = messages.category_letters
                        or spelled.value_letters = messages.type_letters
                when 'price_tier' then spelled.value_lower = messages.price_tier
                when 'caption'
                    then
                        messages.send_at > {{ as_of() }}
                        and (
                            spelled.value_lower = messages.caption_id
                            or spelled.banned_key = messages.own_caption_key
                            or spelled.banned_key = messages.bank_caption_key
                        )
            end

    group by messages.schedule_id, messages.page_name, messages.message_id

)

select * from broken
