-- One row per page and content type that its vault lacks and that its response curve puts above the least of
-- what its planned week sends, with what it would add in that one's place, sent as often as pages that have
-- it send it.

{{ config(materialized='view') }}

with

weeks as (

    select * from {{ ref('int_open_weeks') }}

),

vault as (

    select * from {{ ref('int_vault') }}

),

curves as (

    select * from {{ ref('stg_response_curves') }}

    where curve = 'content'

),

captions as (

    select * from {{ ref('int_caption_bank') }}

    where refused_by is null and not is_banned

),

messages as (

    select * from {{ ref('int_caption_messages') }}

    where is_priced_rated

),

caption_counts as (

    select
        content_type,
        count(distinct caption_key) as caption_count

    from captions

    group by content_type

),

holders as (

    select
        messages.content_category_key as vault_column,
        count(*) as type_messages,
        count(distinct messages.page_name) as page_count

    from messages

    group by messages.content_category_key

),

totals as (

    select
        holders.vault_column,
        count(*) as all_messages

    from holders

    inner join vault on holders.vault_column = vault.vault_column and vault.is_available

    inner join messages on vault.page_name = messages.page_name

    group by holders.vault_column

),

gaps as (

    select
        weeks.page_name,
        vault.vault_column,
        curves.estimate / weeks.least_content_index as content_ratio,
        (curves.estimate - weeks.least_content_index) / weeks.mean_content_index as content_gain,
        caption_counts.caption_count,
        holders.page_count,
        holders.type_messages / totals.all_messages as type_share,
        weeks.expected_revenue

    from weeks

    inner join vault on weeks.page_name = vault.page_name and not vault.is_available

    inner join curves
        on
            vault.page_name = curves.page_name
            and vault.vault_column = curves.x

    inner join caption_counts on vault.vault_column = caption_counts.content_type

    inner join holders on vault.vault_column = holders.vault_column

    inner join totals on vault.vault_column = totals.vault_column

),

valued as (

    select
        page_name,
        vault_column,
        content_ratio,
        caption_count,
        page_count,
        expected_revenue * type_share * content_gain as weekly_dollars

    from gaps

    where content_ratio > 1 and page_count >= {{ var('next_step_min_pages') }}

)

select * from valued
