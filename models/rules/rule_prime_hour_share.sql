-- A week with too few messages in the page's prime hours. Without a fitted hour curve nobody knows
-- the prime hours, and there is no row.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

curves as (

    select * from {{ ref('creator_curves') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

hours as (

    select
        page_name,
        cast(x_value as int64) as local_hour,
        is_prime

    from curves

    where curve = 'hour'

),

shares as (

    select
        messages.schedule_id,
        messages.page_name,
        min(messages.week_start) as week_start,
        count(*) as message_count,
        avg(case when hours.is_prime then 1.0 else 0.0 end) as prime_share

    from messages

    inner join hours
        on
            messages.page_name = hours.page_name
            and messages.local_hour = hours.local_hour

    group by messages.schedule_id, messages.page_name

),

bounded as (

    select
        shares.schedule_id,
        shares.page_name,
        shares.message_count,
        shares.prime_share,
        {{ page_setting('settings', 'prime_share_min') }} as share_min

    from shares

    left join settings
        on
            shares.page_name = settings.page_name
            and {{ is_in_force('shares.week_start', 'settings') }}

),

broken as (

    select
        schedule_id,
        page_name,
        cast(null as string) as message_id,
        concat(
            'Only ', {{ number_text('round(prime_share, 3)') }}, ' of ',
            cast(message_count as string), ' messages are in prime hours; ',
            {{ number_text('share_min') }}, ' are required.'
        ) as detail

    from bounded

    where round(prime_share - share_min, 9) < 0

)

select * from broken
