-- One row per page: what the weeks it sent as planned say of its next projection. Each week's error is the
-- logarithm of realised over projected revenue. Exponential smoothing: an error moves the next projection by
-- a share of itself; projections already carry the errors before, so the shares add up. Agency, tier and page
-- each have a share, the tier's and the page's of what the level above leaves over.

with

messages as (

    select
        page_name,
        week_start,
        planned_price,
        expected_revenue,
        realised_revenue

    from {{ ref('schedule_performance_log') }}

    where
        outcome = 'as_planned'
        and expected_revenue is not null
        and realised_revenue is not null
        and {{ timestamp_diff_seconds(as_of(), 'sent_at') }} >= {{ var('maturity_days') }} * 86400

),

pages as (

    select
        page_name,
        coalesce(creator_tier, 'UNKNOWN') as creator_tier

    from {{ ref('creator_performance') }}

),

page_weeks as (

    select
        pages.page_name,
        pages.creator_tier,
        messages.week_start,
        sum(messages.expected_revenue) as planned,
        sum(messages.realised_revenue) as realised,
        {{ var('forecast_prior_purchases') }} * avg(messages.planned_price) as prior

    from messages

    inner join pages on messages.page_name = pages.page_name

    group by pages.page_name, pages.creator_tier, messages.week_start

),

tier_weeks as (

    select
        creator_tier,
        week_start,
        ln((sum(realised) + avg(prior)) / (sum(planned) + avg(prior))) as tier_error

    from page_weeks

    group by creator_tier, week_start

),

agency_weeks as (

    select
        week_start,
        ln((sum(realised) + avg(prior)) / (sum(planned) + avg(prior))) as agency_error

    from page_weeks

    group by week_start

),

-- The rows are few: a page has one a week.
errors as (

    select
        page_weeks.page_name,
        page_weeks.creator_tier,
        page_weeks.week_start,
        ln((page_weeks.realised + page_weeks.prior) / (page_weeks.planned + page_weeks.prior)) as page_error,
        tier_weeks.tier_error,
        agency_weeks.agency_error

    from page_weeks

    inner join tier_weeks
        on
            page_weeks.creator_tier = tier_weeks.creator_tier
            and page_weeks.week_start = tier_weeks.week_start

    inner join agency_weeks on page_weeks.week_start = agency_weeks.week_start

),

page_sums as (

    select
        page_name,
        count(*) as week_count,
        sum(page_error - tier_error) as page_sum

    from errors

    group by page_name

),

tier_sums as (

    select
        tier_weeks.creator_tier,
        sum(tier_weeks.tier_error - agency_weeks.agency_error) as tier_sum

    from tier_weeks

    inner join agency_weeks on tier_weeks.week_start = agency_weeks.week_start

    group by tier_weeks.creator_tier

),

agency_sums as (

    select
        count(*) as agency_week_count,
        coalesce(sum(agency_error), 0) as agency_sum,
        coalesce(sum(agency_error * agency_error), 0) as agency_square

    from agency_weeks

),

summed as (

    select
        pages.page_name,
        coalesce(page_sums.week_count, 0) as week_count,
        agency_sums.agency_week_count,
        {{ var('forecast_agency_gain') }} * agency_sums.agency_sum as agency_part,
        {{ var('forecast_tier_gain') }} * coalesce(tier_sums.tier_sum, 0) as tier_part,
        {{ var('forecast_page_gain') }} * coalesce(page_sums.page_sum, 0) as page_part,
        -- The prior counts as much as two weeks.
        (
            2 * {{ var('forecast_agency_deviation') }} * {{ var('forecast_agency_deviation') }}
            + agency_sums.agency_square
        )
        / (2 + agency_sums.agency_week_count) as agency_variance

    from pages

    left join page_sums on pages.page_name = page_sums.page_name

    left join tier_sums on pages.creator_tier = tier_sums.creator_tier

    cross join agency_sums

),

corrected as (

    select
        page_name,
        week_count as forecast_week_count,
        agency_week_count as forecast_agency_week_count,
        cast(agency_part as {{ float_type() }}) as forecast_agency_part,
        cast(tier_part as {{ float_type() }}) as forecast_tier_part,
        cast(page_part as {{ float_type() }}) as forecast_page_part,
        cast(
            exp(
                greatest(
                    -{{ var('forecast_most') }},
                    least({{ var('forecast_most') }}, agency_part + tier_part + page_part)
                )
            )
            as {{ float_type() }}
        ) as forecast_factor,
        cast(sqrt(agency_variance) as {{ float_type() }}) as forecast_agency_deviation

    from summed

)

select * from corrected
