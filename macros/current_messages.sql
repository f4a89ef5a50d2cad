{# Which raw messages are current: what a message *is*, in one place. `scheduler load` asks the same
   query, rendered from here, before it keeps what a file would do.

   A message is its page, its sending time and its text (`message_identity`), never its row_id, which
   exports number anew, round or leave out. The latest load of a message wins; the rows that load has
   of it are one message and its repeats. Three things bend that:

   - One text may go to two lists at one moment. Rows of one load that share an identity but differ in
     row_id and in recipients or price are two messages (`list_key` tells them apart).
   - The page, the time or the text of a message may be corrected, one of them at a time: then its
     row_id says that it is the same, and the old one is replaced. An id is followed only from one
     load to the next that has it, when it names one message in each, the old one did not come back,
     and at least as many ids of the load agree with what they named before as do not. Numbers that
     start anew do not agree, and replace nothing.

   `messages` has fact_key, row_id, page_name, sent_at, plain_text_key, message_identity, sent_count,
   viewed_count, purchased_count, price, earnings, content and loaded_at. The result has fact_key,
   message_key, list_key and occurrence: 1 for a message, the fullest row, since counts only grow
   after a send; 2 and on for its repeats. #}

{% macro current_messages(messages) -%}
with

told as (

    select
        fact_key,
        row_id,
        page_name,
        sent_at,
        plain_text_key,
        message_identity,
        sent_count,
        viewed_count,
        purchased_count,
        earnings,
        content,
        loaded_at,
        concat(
            'list:', coalesce(cast(sent_count as string), '-'), '/', coalesce(cast(price as string), '-')
        ) as variant

    from {{ messages }}

),

listed as (

    select
        *,
        coalesce(min(row_id) over (partition by message_identity, loaded_at, variant), variant) as list_of_load,
        coalesce(min(row_id) over (partition by message_identity, variant), variant) as list_of_loads

    from told

),

compared as (

    select
        *,
        count(distinct list_of_load) over (partition by message_identity, loaded_at) as load_list_count,
        count(distinct list_of_loads) over (partition by message_identity, loaded_at) as list_count

    from listed

),

split as (

    select
        *,
        max(load_list_count) over (partition by message_identity) > 1 as is_split,
        max(load_list_count - list_count) over (partition by message_identity) > 0 as is_mixed,
        max(loaded_at) over (partition by message_identity) as identity_loaded_at

    from compared

),

-- ids that changed places among the lists of a message can't tell them apart
keyed as (

    select
        *,
        case when not is_split then '' when is_mixed then variant else list_of_loads end as list_key

    from split

),

dated as (

    select
        *,
        max(loaded_at) over (partition by message_identity, list_key) as message_loaded_at

    from keyed

),

named as (

    select
        row_id,
        loaded_at,
        min(message_identity) as message_identity,
        min(message_identity) = max(message_identity) as is_one_message,
        min(page_name) as page_name,
        min(sent_at) as sent_at,
        min(plain_text_key) as plain_text_key

    from told

    where row_id is not null

    group by row_id, loaded_at

),

followed as (

    select
        *,
        lag(message_identity) over (partition by row_id order by loaded_at) as last_identity,
        lag(is_one_message) over (partition by row_id order by loaded_at) as was_one_message,
        lag(page_name) over (partition by row_id order by loaded_at) as last_page_name,
        lag(sent_at) over (partition by row_id order by loaded_at) as last_sent_at,
        lag(plain_text_key) over (partition by row_id order by loaded_at) as last_text_key

    from named

),

measured as (

    select
        *,
        case when coalesce(page_name = last_page_name, page_name is null and last_page_name is null) then 1 else 0 end
        + case when coalesce(sent_at = last_sent_at, sent_at is null and last_sent_at is null) then 1 else 0 end
        + case when plain_text_key = last_text_key then 1 else 0 end as agreeing_count

    from followed

),

agreeing as (

    select
        *,
        is_one_message
        and was_one_message
        and agreeing_count >= 2 as is_agreeing

    from measured

    where last_identity is not null

),

trusted as (

    select
        *,
        sum(case when is_agreeing then 1 else -1 end) over (partition by loaded_at) >= 0 as is_load_trusted

    from agreeing

),

replaced as (

    select
        row_id,
        last_identity,
        max(loaded_at) as loaded_at

    from trusted

    where is_agreeing and is_load_trusted and message_identity <> last_identity

    group by row_id, last_identity

),

kept as (

    select
        dated.*,
        row_number() over (
            partition by dated.message_identity, dated.list_key
            order by
                coalesce(dated.sent_count, -1) desc,
                coalesce(dated.viewed_count, -1) desc,
                coalesce(dated.purchased_count, -1) desc,
                coalesce(dated.earnings, -1) desc,
                dated.content,
                dated.fact_key
        ) as occurrence

    from dated

    left join replaced
        on
            dated.row_id = replaced.row_id
            and dated.message_identity = replaced.last_identity
            and dated.message_loaded_at < replaced.loaded_at

    where
        dated.loaded_at = dated.message_loaded_at
        -- lists without ids are those of the latest load of the message
        and (dated.row_id is not null or not dated.is_split or dated.loaded_at = dated.identity_loaded_at)
        and replaced.row_id is null

)

select
    fact_key,
    {{ string_hash("concat(message_identity, '#', list_key, '#', cast(occurrence as string))") }} as message_key,
    list_key,
    occurrence

from kept
{%- endmacro %}

{# What a message is: a hash of its page, sending time and text. #}
{% macro message_identity() -%}
    {{ content_hash(['page_name', unix_micros('sent_at'), 'plain_text_key']) }}
{%- endmacro %}

{# Everything a raw message says but its id: rows are equal when this is. #}
{% macro message_content() -%}
    {{ content_hash([
        'page_name', 'message', unix_micros('sent_at'), millionths('price'), 'sent_count', 'viewed_count',
        millionths('purchased_count'), millionths('earnings'), 'message_type',
    ]) }}
{%- endmacro %}
