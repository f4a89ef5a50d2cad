with

pages as (

    select * from {{ ref('stg_active_creators') }}

),

hours as (

    select * from {{ ref('int_week_hours') }}

),

stocks as (

    select * from {{ ref('int_page_stock') }}

),

evidence as (

    select * from {{ ref('int_hour_evidence') }}

),

calendar as (

    select
        {{ page_key('page_name') }} as page_name,
        from_date,
        from_hour,
        to_date,
        to_hour

    from {{ ref('page_calendar') }}

    where kind = 'blackout'

),

day_multipliers as (

    select * from {{ ref('day_multipliers') }}

),

weekend_share as (

    select * from {{ ref('int_weekend_share') }}

),

holidays as (

    select * from {{ ref('int_holiday_shares') }}

),

slots as (

    select
        pages.page_name,
        hours.week_start,
        row_number() over (
            partition by pages.page_name, hours.week_start
            order by hours.send_at
        ) - 1 as slot_index,
        hours.send_at,
        hours.local_at,
        hours.local_date,
        hours.local_hour,
        hours.iso_weekday,
        {{ daypart('hours.local_hour') }} as daypart,
        hours.iso_weekday >= 6 as is_weekend,
        greatest({{ timestamp_diff_seconds('hours.send_at', as_of()) }}, 0) / 3600.0
            as hours_ahead

    from pages

    inner join hours on pages.timezone = hours.timezone

    where pages.is_active

),

blackouts as (

    select distinct
        slots.page_name,
        slots.send_at

    from slots

    inner join calendar
        on
            slots.page_name = calendar.page_name
            and {{ is_in_calendar('slots', 'calendar') }}

),

described as (

    select
        slots.page_name,
        slots.week_start,
        slots.slot_index,
        slots.send_at,
        slots.local_at,
        slots.local_date,
        slots.local_hour,
        slots.iso_weekday,
        slots.daypart,
        slots.is_weekend,
        coalesce(day_multipliers.multiplier, 1) as day_multiplier,
        holidays.holiday_name,
        coalesce(holidays.holiday_factor, 1) as holiday_factor,
        weekend_share.weekend_share_cap,
        coalesce(holidays.day_share_cap, 1) as day_share_cap,
        coalesce(evidence.has_evidence, false) as has_evidence,
        blackouts.send_at is not null as is_blackout,
        {% for memory in ['short', 'middle', 'long'] -%}
        round(
            coalesce(stocks.send_stock_{{ memory }}, 0)
            * exp(-slots.hours_ahead / {{ var('fatigue_' ~ memory ~ '_hours') }}),
            9
        ) as send_stock_{{ memory }}{{ ',' if not loop.last }}
        {% endfor %}

    from slots

    left join day_multipliers on slots.iso_weekday = day_multipliers.iso_weekday

    cross join weekend_share

    left join holidays on slots.local_date = holidays.local_date

    left join stocks on slots.page_name = stocks.page_name

    left join evidence
        on
            slots.page_name = evidence.page_name
            and slots.local_hour = evidence.local_hour

    left join blackouts
        on
            slots.page_name = blackouts.page_name
            and slots.send_at = blackouts.send_at

)

select * from described
