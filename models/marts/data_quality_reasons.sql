{% set windows = (var('eros_windows') + [var('lookback_days')]) | unique | sort %}

with

quality_days as (

    select * from {{ ref('int_quality_days') }}

),

qualities as (

    select * from {{ ref('int_page_quality') }}

    where days_back = 0

),

windows as (

    {% for days in windows -%}
    select {{ days }} as window_days
    {% if not loop.last -%}
    union all
    {% endif -%}
    {%- endfor %}

),

reasons as (

    {% for reason, about in quality_reasons().items() -%}
    select
        '{{ reason }}' as reason,
        '{{ about.kind }}' as kind
    {% if not loop.last -%}
    union all
    {% endif -%}
    {%- endfor %}

),

counted as (

    select
        quality_days.page_name,
        windows.window_days,
        sum(quality_days.row_count) as row_count,
        {%- for reason in quality_reasons() %}
        sum(quality_days.{{ reason }}_count) as {{ reason }}_count{{ ',' if not loop.last }}
        {%- endfor %}

    from quality_days

    inner join windows
        on
            not quality_days.is_dated
            or quality_days.days_ago < windows.window_days

    group by quality_days.page_name, windows.window_days

),

listed as (

    select
        qualities.page_name,
        windows.window_days,
        reasons.reason,
        reasons.kind

    from qualities

    cross join windows

    cross join reasons

),

joined as (

    select
        listed.page_name,
        listed.reason,
        cast(listed.window_days as int64) as window_days,
        listed.kind,
        cast(coalesce(counted.row_count, 0) as int64) as row_count,
        cast(coalesce(
            case listed.reason
                {%- for reason in quality_reasons() %}
                when '{{ reason }}' then counted.{{ reason }}_count
                {%- endfor %}
            end,
            0
        ) as int64) as reason_row_count

    from listed

    left join counted
        on
            listed.page_name = counted.page_name
            and listed.window_days = counted.window_days

),

shared as (

    select
        *,
        {{ safe_ratio('reason_row_count', 'row_count') }} as reason_share

    from joined

)

select * from shared
