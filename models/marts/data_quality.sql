with

messages as (

    select * from {{ ref('int_messages') }}

),

pages as (

    select * from {{ ref('int_pages') }}

),

-- The rows a score is about. Rows without a page have nobody to charge, so they get a line of their own.
counted_rows as (

    select
        *,
        coalesce(page_name, '(missing)') as counted_page

    from messages

    where
        is_in_window
        or sent_at is null
        or sent_at > {{ as_of() }}

),

summed as (

    select
        counted_page as page_name,
        count(*) as row_count,
        count(case when is_valid then 1 end) as valid_row_count,
        count(case when is_usable then 1 end) as usable_row_count,
        {%- for reason in rejection_reasons() %}
        count(case when rejection_reason = '{{ reason }}' then 1 end) as {{ reason }}_count,
        {%- endfor %}
        (
            count(sent_at) + count(message) + count(sent_count)
            + count(viewed_count) + count(purchased_count) + count(earnings)
        ) as present_field_count

    from counted_rows

    group by counted_page

),

last_messages as (

    select
        page_name,
        max(sent_at) as last_valid_sent_at,
        min(days_ago) as last_valid_days_ago

    from messages

    where is_valid

    group by page_name

),

listed as (

    select page_name from pages

    union distinct

    select page_name from summed

),

joined as (

    select
        listed.page_name,
        coalesce(summed.row_count, 0) as row_count,
        coalesce(summed.valid_row_count, 0) as valid_row_count,
        coalesce(summed.usable_row_count, 0) as usable_row_count,
        {%- for reason in rejection_reasons() %}
        coalesce(summed.{{ reason }}_count, 0) as {{ reason }}_count,
        {%- endfor %}
        {{ safe_ratio('summed.present_field_count', '(6 * summed.row_count)') }} as completeness,
        {{ safe_ratio('summed.valid_row_count', 'summed.row_count') }} as validity,
        case
            when last_messages.last_valid_days_ago is null then 0
            when last_messages.last_valid_days_ago <= {{ var('freshness_full_days') }} then 1
            when last_messages.last_valid_days_ago >= {{ var('freshness_zero_days') }} then 0
            else
                cast({{ var('freshness_zero_days') }} - last_messages.last_valid_days_ago as {{ float_type() }})
                / {{ var('freshness_zero_days') - var('freshness_full_days') }}
        end as freshness,
        last_messages.last_valid_sent_at

    from listed

    left join summed on listed.page_name = summed.page_name

    left join last_messages on listed.page_name = last_messages.page_name

),

scored as (

    select
        page_name,
        row_count,
        valid_row_count,
        row_count - valid_row_count as rejected_row_count,
        usable_row_count,
        {%- for reason in rejection_reasons() %}
        {{ reason }}_count,
        {%- endfor %}
        completeness,
        validity,
        cast(freshness as {{ float_type() }}) as freshness,
        last_valid_sent_at,
        {{ var('completeness_weight') }} * coalesce(completeness, 0)
        + {{ var('validity_weight') }} * coalesce(validity, 0)
        + {{ var('freshness_weight') }} * cast(freshness as {{ float_type() }}) as data_quality_score

    from joined

)

select * from scored
