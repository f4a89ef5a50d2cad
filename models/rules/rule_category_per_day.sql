-- Messages beyond the number of one content category that a local day may have, in time order.

with

content as (

    select * from {{ ref('int_schedule_content') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

numbered as (

    select
        content.schedule_id,
        content.page_name,
        content.message_id,
        content.local_date,
        content.bank_category_key,
        {{ page_setting('settings', 'max_same_category_per_day') }} as count_max,
        row_number() over (
            partition by content.schedule_id, content.local_date, content.bank_category_key
            order by content.send_at, content.message_id
        ) as position

    from content

    left join settings
        on
            content.page_name = settings.page_name
            and {{ is_in_force('content.week_start', 'settings') }}

    where content.bank_category_key is not null

),

broken as (

    select
        schedule_id,
        page_name,
        message_id,
        concat(
            'Number ', cast(position as string), ' of category ', bank_category_key, ' on ',
            cast(local_date as string), '; ', {{ number_text('count_max') }}, ' are allowed.'
        ) as detail

    from numbered

    where position > count_max

)

select * from broken
