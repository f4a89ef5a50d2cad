-- One row per page and caption_id that a restriction of the page itself refuses, with the days of it.

with

captions as (

    select * from {{ ref('int_caption_bank') }}

),

categories as (

    select * from {{ ref('int_caption_categories') }}

),

restrictions as (

    select
        {{ page_key('page_name') }} as page_name,
        lower(trim(restriction_type)) as restriction_type,
        value as restricted_value,
        valid_from,
        valid_until

    from {{ ref('page_restrictions') }}

),

patterns as (

    select distinct restricted_value

    from restrictions

    where restriction_type = 'pattern'

),

-- A pattern may tell spellings of one key apart (a line break): one that matches refuses the key.
spellings as (

    select distinct
        caption_key,
        caption_text

    from captions

    where refused_by is null

),

-- Each pattern reads each text once, however many pages share it.
pattern_keys as (

    select distinct
        patterns.restricted_value,
        spellings.caption_key

    from spellings

    inner join patterns
        on {{ matches_pattern('spellings.caption_text', 'patterns.restricted_value') }}

),

refused_keys as (

    select
        restrictions.page_name,
        pattern_keys.caption_key,
        restrictions.valid_from,
        restrictions.valid_until

    from restrictions

    inner join pattern_keys
        on
            restrictions.restriction_type = 'pattern'
            and restrictions.restricted_value = pattern_keys.restricted_value

    union distinct

    select
        restrictions.page_name,
        categories.caption_key,
        restrictions.valid_from,
        restrictions.valid_until

    from restrictions

    inner join categories
        on
            restrictions.restriction_type = 'category'
            and {{ letters_and_digits('restrictions.restricted_value') }} in (
                {{ letters_and_digits('categories.content_category') }},
                {{ letters_and_digits('categories.content_type') }}
            )

    union distinct

    -- A caption is banned by its text: the same text under another id is the same caption.
    select
        restrictions.page_name,
        captions.caption_key,
        restrictions.valid_from,
        restrictions.valid_until

    from restrictions

    inner join captions
        on
            restrictions.restriction_type = 'caption'
            and {{ trim_text('restrictions.restricted_value') }} = cast(captions.caption_id as string)

),

refused_ids as (

    select
        refused_keys.page_name,
        captions.caption_id,
        refused_keys.valid_from,
        refused_keys.valid_until

    from refused_keys

    inner join captions on refused_keys.caption_key = captions.caption_key

    where captions.refused_by is null

    union distinct

    select
        restrictions.page_name,
        captions.caption_id,
        restrictions.valid_from,
        restrictions.valid_until

    from restrictions

    inner join captions
        on
            restrictions.restriction_type = 'price_tier'
            and lower(trim(restrictions.restricted_value)) = lower(trim(captions.price_tier))

    where captions.refused_by is null

),

-- From the first day to the last of all that refuse it.
spans as (

    select
        page_name,
        caption_id,
        case when count(valid_from) = count(*) then min(valid_from) end as restricted_from,
        case when count(valid_until) = count(*) then max(valid_until) end as restricted_until

    from refused_ids

    group by page_name, caption_id

)

select * from spans
