-- A message whose caption needs content that the page's vault does not surely hold. What cannot be
-- resolved (caption, category, page or cell) is refused, never guessed.

with recursive

content as (

    select * from {{ ref('int_schedule_content') }}

),

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

categories as (

    select * from {{ ref('int_categories') }}

),

caption_categories as (

    select * from {{ ref('int_caption_categories') }}

),

vault as (

    select * from {{ ref('int_vault') }}
    {{ kept('vault') }}

),

vault_pages as (

    select distinct page_name from vault

),

-- The caption id says what a message shows; so does every bank caption of the same text, in case
-- the text was exchanged by hand.
shown as (

    select
        schedule_id,
        page_name,
        message_id,
        is_in_bank,
        bank_category

    from content

    union all

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        true as is_in_bank,
        caption_categories.content_category as bank_category

    from messages

    inner join caption_categories
        on messages.own_caption_key = caption_categories.caption_key

),

resolved as (

    select
        shown.schedule_id,
        shown.page_name,
        shown.message_id,
        shown.is_in_bank,
        shown.bank_category,
        coalesce(categories.is_known, false) as is_known,
        categories.needs_vault,
        categories.content_type,
        vault_pages.page_name is not null as is_page_in_vault,
        coalesce(vault.is_available, false) as is_available

    from shown

    left join categories
        on shown.bank_category = categories.content_category

    left join vault_pages
        on shown.page_name = vault_pages.page_name

    left join vault
        on
            shown.page_name = vault.page_name
            and categories.content_type = vault.vault_column

),

judged as (

    select
        schedule_id,
        page_name,
        message_id,
        case
            when not is_page_in_vault
                then 'The page has no row in the vault matrix.'
            when not is_in_bank
                then 'The caption id is not in the caption bank.'
            when not is_known
                then concat('The category ', coalesce(bank_category, '(none)'), ' is unknown.')
            when needs_vault and not is_available
                then concat(
                    'The vault does not hold ', coalesce(content_type, '(none)'),
                    ', which the category ', bank_category, ' needs.'
                )
        end as detail

    from resolved

),

-- One row per message, whichever captions its text may stand for.
broken as (

    select
        schedule_id,
        page_name,
        message_id,
        min(detail) as detail

    from judged

    where detail is not null

    group by schedule_id, page_name, message_id

)

select * from broken
