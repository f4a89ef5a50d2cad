with

messages as (

    select * from {{ ref('int_caption_messages') }}

    where is_rated

),

summed as (

    select
        page_name,
        content_category_key,
        content_class,
        {{ group_counts('messages') }},
        {{ rate_sums('messages') }}
        coalesce({{ effective_count('messages.weight * messages.revenue_messages') }}, 0) as effective_messages

    from messages

    group by page_name, content_category_key, content_class

),

described as (

    select
        summed.page_name,
        summed.content_category_key,
        summed.content_class,
        summed.message_count,
        summed.priced_message_count,
        summed.recipients,
        summed.purchases,
        summed.earnings,
        summed.effective_messages,
        {{ rate_columns('summed') }}
        {{ rates('summed') }}

    from summed

)

select * from described
