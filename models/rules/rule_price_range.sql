-- A message priced outside the page's range, borders included, or not priced at all.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

ranged as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        messages.price,
        {{ page_setting('settings', 'price_min') }} as price_min,
        {{ page_setting('settings', 'price_max') }} as price_max

    from messages

    left join settings
        on
            messages.page_name = settings.page_name
            and {{ is_in_force('messages.week_start', 'settings') }}

),

broken as (

    select
        schedule_id,
        page_name,
        message_id,
        concat(
            'The price ', coalesce({{ number_text('price') }}, '(none)'), ' is outside ',
            {{ number_text('price_min') }}, ' to ', {{ number_text('price_max') }}, ' dollars.'
        ) as detail

    from ranged

    where not coalesce(price >= price_min and price <= price_max, false)

)

select * from broken
