-- One row per page and local day with a valid message: unweighted sums, from which every decayed
-- figure of any day follows, since a weight depends only on the day.

with

messages as (

    select * from {{ ref('int_messages') }}

    where is_valid

),

measured as (

    select
        messages.*,
        {{ rate_parts('messages') }}

    from messages

),

summed as (

    select
        page_name,
        local_date,
        count(*) as message_count,
        count(case when is_priced then 1 end) as priced_message_count,
        count(caption_key) as keyed_message_count,
        count(distinct caption_key) as caption_count,
        count(case when is_usable then 1 end) as usable_message_count,
        count(case when is_usable and is_priced then 1 end) as rated_message_count,
        cast(coalesce(sum(sent_count), 0) as int64) as recipients,
        cast(coalesce(sum(viewed_count), 0) as int64) as views,
        cast(coalesce(sum(purchased_count), 0) as int64) as purchases,
        coalesce(sum(earnings), 0) as earnings,
        {%- for side in rate_sides() %}
        coalesce(sum({{ side }}), 0) as {{ side }}{{ ',' if not loop.last }}
        {%- endfor %}

    from measured

    group by page_name, local_date

)

select * from summed
