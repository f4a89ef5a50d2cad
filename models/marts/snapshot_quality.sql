{% set reasons = [
    ('active_creators', 'missing_page', 'rejected'),
    ('active_creators', 'repeated_page', 'merged'),
    ('vault_matrix', 'missing_page', 'rejected'),
    ('vault_matrix', 'repeated_page', 'merged'),
    ('caption_bank', 'missing_id', 'rejected'),
    ('caption_bank', 'missing_text', 'rejected'),
    ('caption_bank', 'repeated_id', 'merged'),
] %}

with

page_rows as (

    select * from {{ ref('stg_snapshot_rows') }}

),

captions as (

    select * from {{ ref('stg_caption_bank') }}

),

page_counts as (

    select
        table_name,
        count(*) as row_count,
        count(page_name) as named_count,
        count(distinct page_name) as page_count

    from page_rows

    group by table_name

),

caption_counts as (

    select
        sum(repeat_count + 1) as row_count,
        sum(repeat_count) as repeat_count,
        sum(case when rejection_reason = 'missing_id' then 1 else 0 end) as missing_id_count,
        sum(case when rejection_reason = 'missing_text' then 1 else 0 end) as missing_text_count

    from captions

),

reasons as (

    {% for table_name, reason, kind in reasons -%}
    select
        '{{ table_name }}' as table_name,
        '{{ reason }}' as reason,
        '{{ kind }}' as kind
    {% if not loop.last -%}
    union all
    {% endif -%}
    {%- endfor %}

),

counted as (

    select
        reasons.table_name,
        reasons.reason,
        reasons.kind,
        case
            when reasons.table_name = 'caption_bank' then caption_counts.row_count
            else page_counts.row_count
        end as row_count,
        case reasons.reason
            when 'missing_page' then page_counts.row_count - page_counts.named_count
            when 'repeated_page' then page_counts.named_count - page_counts.page_count
            when 'missing_id' then caption_counts.missing_id_count
            when 'missing_text' then caption_counts.missing_text_count
            when 'repeated_id' then caption_counts.repeat_count
        end as reason_row_count

    from reasons

    cross join caption_counts

    left join page_counts on reasons.table_name = page_counts.table_name

),

typed as (

    select
        table_name,
        reason,
        kind,
        cast(coalesce(row_count, 0) as int64) as row_count,
        cast(coalesce(reason_row_count, 0) as int64) as reason_row_count

    from counted

)

select * from typed
