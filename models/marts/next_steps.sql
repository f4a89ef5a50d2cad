-- One row per page and thing worth doing that no schedule can do by itself: content to add to the vault,
-- captions to write, prices to try. A view: it is about the week just planned.

{{ config(materialized='view') }}

with

weeks as (

    select * from {{ ref('int_open_weeks') }}

),

vault_steps as (

    select * from {{ ref('int_vault_steps') }}

),

caption_counts as (

    select * from {{ ref('caption_filter_counts') }}

    where filter_name = 'one_per_text'

),

page_settings as (

    select * from {{ ref('creator_settings') }}

),

price_points as (

    select * from {{ ref('price_response') }}

),

best_prices as (

    select
        page_name,
        price,
        revenue_index

    from price_points

    where is_best

),

content as (

    select
        page_name,
        'add_content' as kind,
        vault_column as subject,
        content_ratio as ratio,
        caption_count as evidence_count,
        weekly_dollars

    from vault_steps

),

-- What a page sends in the days that a caption must rest.
captions as (

    select
        weeks.page_name,
        'write_captions' as kind,
        cast(null as {{ dbt.type_string() }}) as subject,
        caption_counts.rows_after
        / (weeks.message_count * page_settings.min_freshness_days / 7.0) as ratio,
        caption_counts.rows_after as evidence_count,
        cast(null as {{ float_type() }}) as weekly_dollars

    from weeks

    inner join caption_counts on weeks.page_name = caption_counts.page_name

    inner join page_settings
        on
            weeks.page_name = page_settings.page_name
            and {{ is_in_force('weeks.week_start', 'page_settings') }}

),

scarce as (

    select * from captions where ratio < {{ var('next_step_caption_stock') }}

),

-- A price that may well be better than the best known one, for all that is known.
prices as (

    select
        price_points.page_name,
        'try_price' as kind,
        {{ number_text('round(price_points.price, 0)') }} as subject,
        price_points.index_high / best_prices.revenue_index as ratio,
        cast(0 as int64) as evidence_count,
        weeks.expected_revenue / weeks.message_count
        * (price_points.index_high / best_prices.revenue_index - 1) as weekly_dollars,
        row_number() over (
            partition by price_points.page_name
            order by price_points.index_high desc, price_points.price
        ) as price_rank

    from price_points

    inner join best_prices on price_points.page_name = best_prices.page_name

    inner join weeks on price_points.page_name = weeks.page_name

    where
        not price_points.is_best
        and price_points.index_high
        > best_prices.revenue_index * (1 + {{ var('next_step_price_gain') }})

),

tries as (

    select
        page_name,
        kind,
        subject,
        ratio,
        evidence_count,
        weekly_dollars

    from prices

    where price_rank = 1

),

stacked as (

    select * from content

    union all

    select * from scarce

    union all

    select * from tries

)

select * from stacked
