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

page_loads as (

    select
        loaded_at,
        page_name

    from sent

    group by loaded_at, page_name

),

hours as (

    select
        loaded_at,
        cast(floor({{ unix_seconds('sent_at') }} / 3600) as int64) as sent_hour,
        count(*) as message_count,
        max(sent_at) as last_sent_at

    from sent

    group by loaded_at, cast(floor({{ unix_seconds('sent_at') }} / 3600) as int64)

),

days as (

    select
        *,
        sum(message_count) over (
            partition by loaded_at
            order by sent_hour
            range between 23 preceding and current row
        ) as day_count

    from hours

),

ranked as (

    select
        *,
        row_number() over (partition by loaded_at order by day_count, sent_hour) as day_rank,
        count(*) over (partition by loaded_at) as hour_count

    from days

),

usual as (

    select
        loaded_at,
        min(day_count) as usual_count

    from ranked

    where 2 * day_rank >= hour_count

    group by loaded_at

),

-- A load reaches as far as its latest send, but for the few that lie apart from the others: those are typing
-- errors of the time, and would make silence of all days before them.
covers as (

    select
        ranked.loaded_at,
        max(ranked.last_sent_at) as covers_until

    from ranked

    inner join usual on ranked.loaded_at = usual.loaded_at

    where ranked.day_count >= {{ var('load_day_share') }} * usual.usual_count

    group by ranked.loaded_at

),

counts as (

    select
        loaded_at,
        count(*) as page_count

    from page_loads

    group by loaded_at

),

loads as (

    select
        covers.loaded_at,
        covers.covers_until,
        counts.page_count

    from covers

    inner join counts on covers.loaded_at = counts.loaded_at

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
