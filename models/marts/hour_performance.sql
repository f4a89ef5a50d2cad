with

messages as (

    select * from {{ ref('int_caption_messages') }}

),

summed as (

    select
        page_name,
        iso_weekday,
        local_hour,
        count(*) as message_count,
        sum(case when is_priced then 1 else 0 end) as priced_message_count,
        sum(sent_count) as recipients,
        sum(purchased_count) as purchases,
        sum(earnings) as earnings,
        {{ safe_ratio('sum(revenue_weight) * sum(revenue_weight)', 'sum(revenue_weight * revenue_weight)') }}
            as effective_messages,
        {{ safe_ratio('sum(view_views)', 'sum(view_recipients)') }} as view_rate,
        {{ safe_ratio('sum(conversion_purchases)', 'sum(conversion_views)') }} as conversion_rate,
        {{ safe_ratio('sum(revenue_earnings)', 'sum(revenue_recipients)') }} as revenue_per_send,
        {{ safe_ratio('sum(revenue_earnings)', 'sum(revenue_weight)') }} as revenue_per_message

    from messages

    where is_rated

    group by page_name, iso_weekday, local_hour

),

described as (

    select
        page_name,
        iso_weekday,
        local_hour,
        message_count,
        cast(priced_message_count as int64) as priced_message_count,
        cast(coalesce(recipients, 0) as int64) as recipients,
        cast(coalesce(purchases, 0) as int64) as purchases,
        coalesce(earnings, 0) as earnings,
        coalesce(effective_messages, 0) as effective_messages,
        view_rate,
        conversion_rate,
        revenue_per_send,
        revenue_per_message

    from summed

)

select * from described
