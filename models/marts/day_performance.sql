-- One row per page and local day of the window, from the page's first valid message on. Silent days too.

with

pages as (

    select * from {{ ref('int_pages') }}

),

known as (

    select * from {{ ref('int_known_until') }}

),

page_days as (

    select * from {{ ref('int_page_days') }}

),

ages as (

    {{ spine_integers(0, var('lookback_days') - 1) }}

),

first_days as (

    select
        page_name,
        min(local_date) as first_date

    from page_days

    group by page_name

),

days as (

    select
        pages.page_name,
        {{ add_days('pages.as_of_local_date', '-ages.spine_number') }} as local_date,
        ages.spine_number as days_ago

    from pages

    cross join ages

    inner join first_days
        on
            pages.page_name = first_days.page_name
            and {{ add_days('pages.as_of_local_date', '-ages.spine_number') }} >= first_days.first_date

),

filled as (

    select
        days.page_name,
        days.local_date,
        days.days_ago,
        {{ decay_weight('days.days_ago') }} as weight,
        {{ iso_weekday('days.local_date') }} as iso_weekday,
        days.local_date <= known.known_date as is_known,
        {%- for count in [
            'message_count', 'priced_message_count', 'usable_message_count', 'caption_count', 'recipients',
            'views', 'purchases', 'earnings',
        ] + rate_sides() %}
        {%- set type = float_type() if count in ['earnings', 'revenue_earnings'] else 'int64' %}
        cast(coalesce(page_days.{{ count }}, 0) as {{ type }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}

    from days

    inner join known on days.page_name = known.page_name

    left join page_days
        on
            days.page_name = page_days.page_name
            and days.local_date = page_days.local_date

),

week_sums as (

    select
        page_name,
        local_date,
        sum(earnings) over (
            partition by page_name
            order by days_ago desc
            rows between 6 preceding and current row
        ) as earnings_7d

    from filled

),

rated as (

    select
        filled.page_name,
        filled.local_date,
        filled.iso_weekday,
        filled.days_ago,
        filled.weight,
        filled.is_known,
        filled.message_count,
        filled.priced_message_count,
        filled.usable_message_count,
        filled.caption_count,
        filled.recipients,
        filled.views,
        filled.purchases,
        filled.earnings,
        week_sums.earnings_7d,
        {%- for side in rate_sides() %}
        filled.{{ side }},
        {%- endfor %}
        {{ safe_ratio('filled.view_views', 'filled.view_recipients') }} as view_rate,
        {{ safe_ratio('filled.conversion_purchases', 'filled.conversion_views') }} as conversion_rate,
        {{ safe_ratio('filled.revenue_earnings', 'filled.revenue_recipients') }} as revenue_per_send

    from filled

    inner join week_sums
        on
            filled.page_name = week_sums.page_name
            and filled.local_date = week_sums.local_date

)

select * from rated
