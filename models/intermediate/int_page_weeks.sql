-- One row per page and local week, Monday to Sunday, with a valid message: undecayed sums of all history.

with

page_days as (

    select * from {{ ref('int_page_days') }}

),

known as (

    select * from {{ ref('int_known_until') }}

),

dated as (

    select
        *,
        cast({{ monday_of('local_date') }} as date) as week_start

    from page_days

),

summed as (

    select
        page_name,
        week_start,
        sum(message_count) as message_count,
        sum(earnings) as earnings

    from dated

    group by page_name, week_start

),

bounded as (

    select
        summed.page_name,
        summed.week_start,
        cast(summed.message_count as int64) as message_count,
        cast(summed.earnings as {{ float_type() }}) as earnings,
        {{ add_days('summed.week_start', '6') }} <= known.known_date as is_complete

    from summed

    inner join known on summed.page_name = known.page_name

),

ranked as (

    select
        page_name,
        week_start,
        message_count,
        earnings,
        is_complete,
        case
            when is_complete
                then
                    row_number() over (
                        partition by page_name, is_complete
                        order by week_start desc
                    )
        end as complete_weeks_ago

    from bounded

)

select * from ranked
