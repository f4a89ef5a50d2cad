-- One row per active page and caption_id whose text the page sent too few days ago to send it again.

{{ config(materialized='view') }}

with

pages as (

    select * from {{ ref('stg_active_creators') }} where is_active

),

overrides as (

    select
        {{ page_key('page_name') }} as page_name,
        value as min_freshness_days

    from {{ ref('creator_overrides') }}

    where setting = 'min_freshness_days'

),

captions as (

    select * from {{ ref('int_caption_bank') }} where refused_by is null

),

uses as (

    select * from {{ ref('int_caption_uses') }}

),

page_days as (

    select
        pages.page_name,
        {{ local_date(as_of(), 'pages.timezone') }} as as_of_on,
        {{ page_setting('overrides', 'min_freshness_days') }} as min_freshness_days

    from pages

    left join overrides on pages.page_name = overrides.page_name

),

recent as (

    select
        uses.page_name,
        captions.caption_id

    from uses

    inner join page_days
        on
            uses.page_name = page_days.page_name
            and {{ days_between('page_days.as_of_on', 'uses.last_sent_on') }} < page_days.min_freshness_days

    inner join captions on uses.caption_key = captions.caption_key

)

select * from recent
