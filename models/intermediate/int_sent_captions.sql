-- One row per caption_key that was sent: the bank's caption_key of that text. Where the bank has none that
-- is equal, the text is found as it was meant (see plain_text), since exports change quotes and emoji and
-- wrap texts in markup; at last by its letters and digits alone, when one caption of the bank has them.

with

facts as (

    select * from {{ ref('stg_message_facts') }}

),

bank as (

    select * from {{ ref('stg_caption_bank') }}

    where rejection_reason is null

),

sent as (

    select
        caption_key,
        min(plain_text_key) as plain_text_key,
        min(message) as message

    from facts

    where caption_key is not null

    group by caption_key

),

captions as (

    select
        caption_key,
        min({{ plain_text_key('caption_text') }}) as plain_text_key,
        min(nullif({{ letters_and_digits(plain_text('caption_text')) }}, '')) as letters

    from bank

    group by caption_key

),

exact as (

    select
        sent.caption_key,
        sent.plain_text_key,
        sent.message,
        captions.caption_key as exact_key

    from sent

    left join captions on sent.caption_key = captions.caption_key

),

plain_captions as (

    select
        plain_text_key,
        min(caption_key) as caption_key

    from captions

    group by plain_text_key

),

respelled as (

    select
        exact.caption_key,
        exact.exact_key,
        plain_captions.caption_key as plain_key,
        case
            when exact.exact_key is null and plain_captions.caption_key is null
                then nullif({{ letters_and_digits(plain_text('exact.message')) }}, '')
        end as letters

    from exact

    left join plain_captions on exact.plain_text_key = plain_captions.plain_text_key

),

lettered_captions as (

    select
        letters,
        min(caption_key) as caption_key

    from captions

    where letters is not null

    group by letters

    having count(*) = 1

),

matched as (

    select
        respelled.caption_key,
        coalesce(respelled.exact_key, respelled.plain_key, lettered_captions.caption_key) as bank_caption_key,
        respelled.exact_key is not null as is_exact

    from respelled

    left join lettered_captions on respelled.letters = lettered_captions.letters

)

select * from matched
