-- One row per page, local day and next day of use: how many caption keys the page used that day and
-- then not again until next_date. A window's distinct keys are the keys whose last use on or
-- before its end lies inside it, so these counts give the diversity of any window.

with

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid and caption_key is not null

),

uses as (

    select distinct
        page_name,
        local_date,
        caption_key

    from messages

),

followed as (

    select
        page_name,
        local_date,
        lead(local_date) over (
            partition by page_name, caption_key
            order by local_date
        ) as next_date

    from uses

),

counted as (

    select
        page_name,
        local_date,
        next_date,
        count(*) as caption_count

    from followed

    group by page_name, local_date, next_date

)

select * from counted
