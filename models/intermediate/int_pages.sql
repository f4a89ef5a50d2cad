-- One row per page: those of active_creators, and those seen only in messages (never active).

with

pages as (

    select * from {{ ref('stg_active_creators') }}

),

messages as (

    select * from {{ ref('int_messages') }}

),

vault as (

    select * from {{ ref('stg_vault_matrix') }}

),

senders as (

    select distinct page_name from messages

    where page_name is not null

),

owners as (

    select distinct page_name from vault

),

listed as (

    select
        coalesce(pages.page_name, senders.page_name) as page_name,
        coalesce(pages.timezone, '{{ var("default_timezone") }}') as timezone,
        coalesce(pages.is_timezone_default, true) as is_timezone_default,
        pages.timezone_given,
        pages.platform,
        coalesce(pages.is_active, false) as is_active

    from pages

    full outer join senders on pages.page_name = senders.page_name

),

described as (

    select
        listed.page_name,
        listed.timezone,
        listed.is_timezone_default,
        listed.timezone_given,
        listed.platform,
        listed.is_active,
        owners.page_name is not null as has_vault,
        {{ local_date(as_of(), 'listed.timezone') }} as as_of_local_date

    from listed

    left join owners on listed.page_name = owners.page_name

)

select * from described
