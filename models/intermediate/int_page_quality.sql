-- One row per page and days back: completeness, validity, freshness and the score as of the end of that
-- day (0: the last one that its loads cover). Rows without a page, when there are any, have a line of their own.

with

pages as (

    select * from {{ ref('int_pages') }}

),

day_sums as (

    select * from {{ ref('int_quality_days') }}

),

ages as (

    {{ spine_integers(0, var('eros_history_days') + var('trend_days') - 1) }}

),

listed as (

    select page_name from pages

    union distinct

    select page_name from day_sums

),

grid as (

    select
        listed.page_name,
        ages.spine_number as days_back

    from listed

    cross join ages

),

summed as (

    select
        grid.page_name,
        grid.days_back,
        sum(day_sums.row_count) as row_count,
        sum(day_sums.valid_row_count) as valid_row_count,
        sum(day_sums.present_field_count) as present_field_count

    from grid

    inner join day_sums
        on
            grid.page_name = day_sums.page_name
            and (
                not day_sums.is_dated
                or (
                    day_sums.days_ago >= grid.days_back
                    and day_sums.days_ago < grid.days_back + {{ var('lookback_days') }}
                )
            )

    group by grid.page_name, grid.days_back

),

last_messages as (

    select
        grid.page_name,
        grid.days_back,
        min(day_sums.days_ago) - grid.days_back as last_valid_days_ago

    from grid

    inner join day_sums
        on
            grid.page_name = day_sums.page_name
            and grid.days_back <= day_sums.days_ago

    where day_sums.valid_row_count > 0

    group by grid.page_name, grid.days_back

),

joined as (

    select
        grid.page_name,
        grid.days_back,
        cast(coalesce(summed.row_count, 0) as int64) as row_count,
        cast(coalesce(summed.valid_row_count, 0) as int64) as valid_row_count,
        {{ safe_ratio('summed.present_field_count', '(6 * summed.row_count)') }} as completeness,
        {{ safe_ratio('summed.valid_row_count', 'summed.row_count') }} as validity,
        last_messages.last_valid_days_ago,
        case
            when last_messages.last_valid_days_ago is null then 0
            when last_messages.last_valid_days_ago <= {{ var('freshness_full_days') }} then 1
            when last_messages.last_valid_days_ago >= {{ var('freshness_zero_days') }} then 0
            else
                cast({{ var('freshness_zero_days') }} - last_messages.last_valid_days_ago as {{ float_type() }})
                / {{ var('freshness_zero_days') - var('freshness_full_days') }}
        end as freshness

    from grid

    left join summed
        on
            grid.page_name = summed.page_name
            and grid.days_back = summed.days_back

    left join last_messages
        on
            grid.page_name = last_messages.page_name
            and grid.days_back = last_messages.days_back

),

scored as (

    select
        page_name,
        days_back,
        row_count,
        valid_row_count,
        completeness,
        validity,
        last_valid_days_ago,
        cast(freshness as {{ float_type() }}) as freshness,
        {{ var('completeness_weight') }} * coalesce(completeness, 0)
        + {{ var('validity_weight') }} * coalesce(validity, 0)
        + {{ var('freshness_weight') }} * cast(freshness as {{ float_type() }}) as data_quality_score

    from joined

)

select * from scored
