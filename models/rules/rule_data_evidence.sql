-- What is wrong with the data behind a week: a column that is empty or has become so, most of the last days'
-- rows rejected, texts that the bank does not know, messages that earned more than weeks of all others.

{% set columns = ['sent_count', 'viewed_count', 'purchased_count', 'earnings'] %}
{% set days = var('evidence_recent_days') | string %}

with

weeks as (

    select distinct
        schedule_id,
        page_name

    from {{ ref('int_schedule_messages') }}

),

evidence as (

    select * from {{ ref('page_evidence') }}

),

settings as (

    select * from {{ ref('creator_settings') }}

),

found as (
    {% for column in columns %}
    select
        page_name,
        case
            when coalesce(earlier_{{ column }}_share, 0) = 0
                then '{{ column }} is empty in every row: views, sales and prices cannot be told apart.'
            else '{{ column }} is empty in the last {{ days }} days and was not before: is the export complete?'
        end as detail

    from evidence

    where recent_row_count > 0 and recent_{{ column }}_share = 0

    union all
    {% endfor %}
    select
        page_name,
        concat(
            {{ number_text('round(100 * recent_rejected_share)') }},
            ' % of the rows of the last {{ days }} days are rejected: data_quality_reasons says why.'
        ) as detail

    from evidence

    where recent_rejected_share > {{ var('evidence_rejected_share') }}

    union all

    select
        page_name,
        concat(
            'Only ', {{ number_text('round(100 * recent_banked_share)') }},
            ' % of the texts sent in the last {{ days }} days are in the bank: captions cannot be rested.'
        ) as detail

    from evidence

    where recent_text_count > 0 and recent_banked_share < {{ var('evidence_banked_share') }}

    union all

    select
        page_name,
        concat(
            'The message of ', {{ replace_pattern('cast(standout_at as string)', ':[0-9]{2}([.+].*)?$', '') }},
            ' earned $',
            {{ number_text('round(standout_earnings)') }}, '; all others of the page together earn $',
            {{ number_text('round(standout_other_weekly_earnings)') }},
            ' a week. Is a decimal point wrong? It is not learned from.'
        ) as detail

    from evidence

    where standout_count > 0

    union all

    select distinct
        page_name,
        'A starter week: hardly anything is known of the page or of its agency. It rests on averages of others.'
            as detail

    from settings

    where is_starter

),

broken as (

    select
        weeks.schedule_id,
        weeks.page_name,
        cast(null as string) as message_id,
        found.detail

    from weeks

    inner join found on weeks.page_name = found.page_name

)

select * from broken
