with

qualities as (

    select * from {{ ref('int_page_quality') }}

    where days_back = 0

),

reasons as (

    select * from {{ ref('data_quality_reasons') }}

    where window_days = {{ var('lookback_days') }}

),

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

known as (

    select * from {{ ref('int_known_until') }}

),

counted as (

    select
        page_name,
        {%- for reason in rejection_reasons() %}
        max(case when reason = '{{ reason }}' then reason_row_count end) as {{ reason }}_count,
        {%- endfor %}
        max(case when reason = 'small_send' then reason_row_count end) as small_send_count

    from reasons

    group by page_name

),

last_messages as (

    select
        page_name,
        max(sent_at) as last_valid_sent_at

    from messages

    group by page_name

),

joined as (

    select
        qualities.page_name,
        qualities.row_count,
        qualities.valid_row_count,
        qualities.row_count - qualities.valid_row_count as rejected_row_count,
        qualities.valid_row_count - counted.small_send_count as usable_row_count,
        {%- for reason in rejection_reasons() %}
        counted.{{ reason }}_count,
        {%- endfor %}
        qualities.completeness,
        qualities.validity,
        qualities.freshness,
        last_messages.last_valid_sent_at,
        known.known_until,
        known.known_date,
        known.unknown_days,
        qualities.data_quality_score

    from qualities

    inner join counted on qualities.page_name = counted.page_name

    left join last_messages on qualities.page_name = last_messages.page_name

    left join known on qualities.page_name = known.page_name

)

select * from joined
