-- Every version of every schedule, message by message. A view: it shows what was just written. Its
-- columns are those of the contract.

{{ config(schema='marts') }}

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

categories as (

    select * from {{ ref('int_categories') }}

),

-- One name for every spelling of a category, as the sheet shows it.
named as (

    select
        messages.* replace (
            coalesce(categories.category_name, messages.content_category) as content_category
        )

    from messages

    left join categories on messages.content_category = categories.content_category

)

select * from named
