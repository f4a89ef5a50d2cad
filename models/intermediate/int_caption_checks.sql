-- One row per active page and caption_id that the page's vault allows, with the first of banned
-- terms, page restrictions and freshness that refuses it.

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

vault as (

    select * from {{ ref('int_caption_vault') }}

),

restrictions as (

    select * from {{ ref('int_caption_restrictions') }}

),

uses as (

    select * from {{ ref('int_caption_uses') }}

),

results as (

    select * from {{ ref('int_caption_results') }}

),

page_days as (

    select
        pages.page_name,
        {{ local_date(as_of(), 'pages.timezone') }} as as_of_on,
        {{ page_setting('overrides', 'min_freshness_days') }} as min_freshness_days

    from pages

    left join overrides on pages.page_name = overrides.page_name

),

checked as (

    select
        vault.page_name,
        captions.caption_id,
        captions.caption_key,
        captions.content_category_key,
        captions.energy,
        captions.overall_performance_score,
        uses.last_sent_at as last_used_at,
        coalesce(results.caption_lift, 1) as caption_lift,
        case
            when captions.is_banned then 'banned_terms'
            when restrictions.caption_id is not null then 'page_restrictions'
            when
                {{ days_between('page_days.as_of_on', 'uses.last_sent_on') }}
                < page_days.min_freshness_days
                then 'fresh'
        end as refused_by

    from vault

    inner join captions on vault.required_types = captions.required_types

    inner join page_days on vault.page_name = page_days.page_name

    left join restrictions
        on
            vault.page_name = restrictions.page_name
            and captions.caption_id = restrictions.caption_id

    left join uses
        on
            vault.page_name = uses.page_name
            and captions.caption_key = uses.caption_key

    left join results on captions.caption_key = results.caption_key

)

select * from checked
