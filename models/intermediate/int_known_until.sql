-- One row per page: until when its loads say what it sent. Nothing after that is silence: it is not
-- known yet. The only definition of how far the data reach; every status and every alert uses it.

with

pages as (

    select * from {{ ref('int_pages') }}

),

sent as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

active as (

    select count(*) as page_count from pages

    where is_active

),

-- A load reaches as far as its latest send.
page_loads as (

    select
        loaded_at,
        page_name,
        max(sent_at) as covers_until

    from sent

    group by loaded_at, page_name

),

loads as (

    select
        loaded_at,
        max(covers_until) as covers_until,
        count(*) as page_count

    from page_loads

    group by loaded_at

),

-- A load that holds many of the pages is one of all of them: a page without a row in it was silent.
-- One that holds a few says nothing of the others.
common as (

    select max(loads.covers_until) as covers_until

    from loads

    cross join active

    where loads.page_count >= {{ var('load_page_share') }} * active.page_count

),

own as (

    select
        page_loads.page_name,
        max(loads.covers_until) as covers_until

    from page_loads

    inner join loads on page_loads.loaded_at = loads.loaded_at

    group by page_loads.page_name

),

-- Where nothing was ever sent nothing is missing either.
covered as (

    select
        pages.page_name,
        pages.timezone,
        pages.as_of_local_date,
        coalesce(
            greatest(own.covers_until, common.covers_until),
            own.covers_until,
            common.covers_until,
            {{ as_of() }}
        ) as known_until

    from pages

    cross join common

    left join own on pages.page_name = own.page_name

),

dated as (

    select
        page_name,
        timezone,
        as_of_local_date,
        known_until,
        {{ local_date('known_until', 'timezone') }} as known_date

    from covered

),

counted as (

    select
        *,
        {{ days_between('as_of_local_date', 'known_date') }} as unknown_days

    from dated

)

select * from counted
