-- One row per page: how full the columns of its raw rows are, lately and in the rest of the window, how much
-- was rejected lately, and how many sent texts the bank knows.

{% set counted = ['sent_count', 'viewed_count', 'purchased_count', 'earnings'] %}

with

quality_rows as (

    select * from {{ ref('int_quality_rows') }}

    where days_ago is null or days_ago < {{ var('lookback_days') }}

),

messages as (

    select * from {{ ref('int_messages') }}

    where
        is_valid
        and days_ago >= 0
        and days_ago < {{ var('evidence_recent_days') }}
        and {{ sent_since(var('evidence_recent_days')) }}

),

bank as (

    select distinct caption_key from {{ ref('stg_caption_bank') }}

    where caption_key is not null

),

filled as (

    select
        page_name,
        sum(case when days_ago < {{ var('evidence_recent_days') }} then 1 else 0 end) as recent_rows,
        sum(case when days_ago >= {{ var('evidence_recent_days') }} then 1 else 0 end) as earlier_rows,
        -- a row without a day is as recent as any
        sum(
            case
                when coalesce(days_ago, 0) < {{ var('evidence_recent_days') }} and not is_valid then 1 else 0
            end
        ) as recent_rejected_rows,
        sum(case when coalesce(days_ago, 0) < {{ var('evidence_recent_days') }} then 1 else 0 end)
            as recent_all_rows
        {%- for column in counted %},
        sum(
            case when days_ago < {{ var('evidence_recent_days') }} and not has_no_{{ column }} then 1 else 0 end
        ) as recent_{{ column }}_rows,
        sum(
            case when days_ago >= {{ var('evidence_recent_days') }} and not has_no_{{ column }} then 1 else 0 end
        ) as earlier_{{ column }}_rows
        {%- endfor %}

    from quality_rows

    group by page_name

),

texts as (

    select
        messages.page_name,
        count(*) as text_count,
        count(bank.caption_key) as banked_text_count

    from messages

    left join bank on messages.caption_key = bank.caption_key

    where messages.caption_key is not null

    group by messages.page_name

),

joined as (

    select
        filled.*,
        coalesce(texts.text_count, 0) as text_count,
        coalesce(texts.banked_text_count, 0) as banked_text_count

    from filled

    left join texts on filled.page_name = texts.page_name

)

select * from joined
