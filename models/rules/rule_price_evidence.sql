-- A price beyond all that the page ever asked, but for those that are tried on purpose.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

    where not coalesce(is_explored, false) and not coalesce(is_price_test, false)

),

evidence as (

    select * from {{ ref('page_evidence') }}

),

broken as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        concat(
            'The price ', {{ number_text('messages.price') }}, ' is outside what the page ever asked, ',
            {{ number_text('evidence.lowest_price') }}, ' to ', {{ number_text('evidence.highest_price') }},
            ' dollars.'
        ) as detail

    from messages

    inner join evidence on messages.page_name = evidence.page_name

    where
        messages.price > evidence.highest_price * (1 + {{ var('evidence_price_margin') }})
        or messages.price < evidence.lowest_price * (1 - {{ var('evidence_price_margin') }})

)

select * from broken
