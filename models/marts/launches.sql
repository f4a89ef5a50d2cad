with

calendar as (

    select
        {{ page_key('page_name') }} as page_name,
        from_date as local_date,
        coalesce(from_hour, 0) as local_hour,
        caption_id,
        price,
        nullif({{ trim_text('note') }}, '') as note

    from {{ ref('page_calendar') }}

    where kind = 'launch'

),

pages as (

    select * from {{ ref('int_pages') }}

),

-- Of an hour that the clock repeats, the first.
slots as (

    select
        page_name,
        local_date,
        local_hour,
        min(send_at) as send_at,
        max(case when is_blackout then 1 else 0 end) as blackout_count

    from {{ ref('schedule_slots') }}

    group by page_name, local_date, local_hour

),

captions as (

    select * from {{ ref('int_caption_bank') }}

),

vault as (

    select * from {{ ref('int_caption_vault') }}

),

restrictions as (

    select * from {{ ref('int_caption_restrictions') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

dated as (

    select
        *,
        {{ monday_of('local_date') }} as week_start

    from calendar

),

described as (

    select
        dated.page_name,
        dated.week_start,
        dated.local_date,
        dated.local_hour,
        slots.send_at,
        dated.caption_id,
        dated.price,
        dated.note,
        captions.caption_key,
        captions.caption_text,
        captions.content_category,
        captions.content_category_key,
        captions.content_type,
        captions.content_class,
        captions.energy,
        captions.price_tier,
        case
            when captions.caption_id is null then 'the caption bank has no such caption'
            when captions.refused_by is not null
                then concat('the filter ', captions.refused_by, ' refuses its caption on every page')
            when captions.is_banned then 'the text of its caption holds a banned term'
            when vault.page_name is null then 'the vault of the page does not hold the content of its caption'
            when restrictions.page_name is not null then 'the page may not send its caption (seed page_restrictions)'
            when slots.page_name is null then 'the page has no such hour in the weeks that are prepared'
            when slots.blackout_count > 0 then 'the page sends nothing at that hour (seed page_calendar)'
            when
                dated.price < {{ page_setting('settings', 'price_min') }}
                or dated.price > {{ page_setting('settings', 'price_max') }}
                then concat(
                    'its price is outside the range of the page, $',
                    {{ number_text(page_setting('settings', 'price_min')) }}, ' to $',
                    {{ number_text(page_setting('settings', 'price_max')) }}
                )
        end as refusal

    from dated

    inner join pages on dated.page_name = pages.page_name

    left join slots
        on
            dated.page_name = slots.page_name
            and dated.local_date = slots.local_date
            and dated.local_hour = slots.local_hour

    left join captions on dated.caption_id = captions.caption_id

    left join vault
        on
            dated.page_name = vault.page_name
            and captions.required_types = vault.required_types

    left join restrictions
        on
            dated.page_name = restrictions.page_name
            and dated.caption_id = restrictions.caption_id
            and {{ is_in_force('dated.local_date', 'restrictions', span='restricted') }}

    left join settings
        on
            dated.page_name = settings.page_name
            and {{ is_in_force('dated.week_start', 'settings') }}

)

select * from described
