-- One row per valid message of the window and test on a log scale, with its page's median and the median
-- distance from it.

with

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid and is_in_window and {{ sent_since(var('lookback_days')) }}

),

-- Most messages sell nothing: among those that sell, revenue per recipient spreads like a bell in logs.
levels as (

    select
        message_key,
        page_name,
        'revenue_per_send' as test,
        ln(earnings / sent_count) as level

    from messages

    where is_usable and is_priced and earnings > 0

    union all

    select
        message_key,
        page_name,
        'recipients' as test,
        ln(sent_count) as level

    from messages

    where sent_count > 0

),

ranked_levels as (

    select
        *,
        row_number() over (partition by page_name, test order by level, message_key) as level_rank,
        count(*) over (partition by page_name, test) as level_count

    from levels

),

medians as (

    select
        page_name,
        test,
        max(level_count) as level_count,
        avg(level) as median_level

    from ranked_levels

    where {{ is_median('level_rank', 'level_count') }}

    group by page_name, test

),

distances as (

    select
        levels.message_key,
        levels.page_name,
        levels.test,
        levels.level,
        medians.level_count,
        medians.median_level,
        abs(levels.level - medians.median_level) as distance

    from levels

    inner join medians
        on
            levels.page_name = medians.page_name
            and levels.test = medians.test

),

ranked_distances as (

    select
        *,
        row_number() over (partition by page_name, test order by distance, message_key) as distance_rank

    from distances

),

median_distances as (

    select
        page_name,
        test,
        avg(distance) as median_distance

    from ranked_distances

    where {{ is_median('distance_rank', 'level_count') }}

    group by page_name, test

),

compared as (

    select
        distances.message_key,
        distances.page_name,
        distances.test,
        distances.level,
        distances.level_count,
        distances.median_level,
        median_distances.median_distance

    from distances

    inner join median_distances
        on
            distances.page_name = median_distances.page_name
            and distances.test = median_distances.test

)

select * from compared
