with

pages as (

    select * from {{ ref('int_pages') }}

),

weeks as (

    select
        page_name,
        count(*) as complete_week_count,
        max(earnings) as best_week_earnings

    from {{ ref('int_page_weeks') }}

    where is_complete

    group by page_name

),

prices as (

    select
        page_name,
        min(price) as lowest_price,
        max(price) as highest_price

    from {{ ref('int_messages') }}

    where is_valid and is_priced

    group by page_name

),

columns as (

    select * from {{ ref('int_page_columns') }}

),

standouts as (

    select
        *,
        count(*) over (partition by page_name) as standout_count,
        row_number() over (
            partition by page_name
            order by earnings desc, local_at, message_key
        ) as standout_rank

    from {{ ref('int_standouts') }}

),

joined as (

    select
        pages.page_name,
        coalesce(weeks.complete_week_count, 0) as complete_week_count,
        weeks.best_week_earnings,
        prices.lowest_price,
        prices.highest_price,
        cast(coalesce(columns.recent_rows, 0) as int64) as recent_row_count,
        cast(coalesce(columns.earlier_rows, 0) as int64) as earlier_row_count,
        {{ safe_ratio('columns.recent_rejected_rows', 'columns.recent_all_rows') }} as recent_rejected_share,
        {%- for column in ['sent_count', 'viewed_count', 'purchased_count', 'earnings'] %}
        {{ safe_ratio('columns.recent_' ~ column ~ '_rows', 'columns.recent_rows') }}
            as recent_{{ column }}_share,
        {{ safe_ratio('columns.earlier_' ~ column ~ '_rows', 'columns.earlier_rows') }}
            as earlier_{{ column }}_share,
        {%- endfor %}
        coalesce(columns.text_count, 0) as recent_text_count,
        {{ safe_ratio('columns.banked_text_count', 'columns.text_count') }} as recent_banked_share,
        coalesce(standouts.standout_count, 0) as standout_count,
        standouts.local_at as standout_at,
        standouts.price as standout_price,
        standouts.earnings as standout_earnings,
        standouts.other_weekly_earnings as standout_other_weekly_earnings

    from pages

    left join weeks on pages.page_name = weeks.page_name

    left join prices on pages.page_name = prices.page_name

    left join columns on pages.page_name = columns.page_name

    left join standouts on pages.page_name = standouts.page_name and standouts.standout_rank = 1

)

select * from joined
