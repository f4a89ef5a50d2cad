with

messages as (

    select * from {{ ref('int_caption_messages') }}

    where is_rated

),

evidence as (

    select * from {{ ref('int_hour_evidence') }}

),

summed as (

    select
        page_name,
        iso_weekday,
        local_hour,
        {{ group_counts('messages') }},
        {{ rate_sums('messages') }}
        coalesce({{ effective_count('messages.weight * messages.revenue_messages') }}, 0) as effective_messages

    from messages

    group by page_name, iso_weekday, local_hour

),

described as (

    select
        summed.page_name,
        summed.iso_weekday,
        summed.local_hour,
        summed.message_count,
        summed.priced_message_count,
        summed.recipients,
        summed.purchases,
        summed.earnings,
        summed.effective_messages,
        coalesce(evidence.near_message_count, 0) as near_message_count,
        coalesce(evidence.peer_message_count, 0) as peer_message_count,
        coalesce(evidence.has_evidence, false) as has_evidence,
        {{ rate_columns('summed') }}
        {{ rates('summed') }}

    from summed

    left join evidence
        on
            summed.page_name = evidence.page_name
            and summed.local_hour = evidence.local_hour

)

select * from described
