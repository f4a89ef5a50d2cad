{# What a load of messages did, for `scheduler load` to tell: one row for each kind of thing that
   happened, with how many messages, how many of them unsure, and one of them (page, id, old, new).

   `given` are the rows of its file, `before` and `after` the current rows (see current_messages)
   without and with the load of `moment`. The kinds:

   - same id, other id: rows of messages that were there already.
   - page, time, text: messages that were replaced, since their id came with another one. Unsure are
     those of which the file contradicts it: it has the old one too, its other ids name other messages than
     they did, or they are row numbers and nothing else says that the message is the same: neither other
     rows that came back under their numbers, some for each one moved, nor one shift of the clock that
     several share and that is no whole day.
   - doubled: new messages whose page and text the file should have had at about the same time, and has
     not: most likely the same one, moved by a time zone, a changed clock or seconds that were cut.
   - renumbered: new messages under an id that named another one before, and still does.
   - added: new messages, those included.
   - confused: messages to several lists that are now one more than the file or the table had. #}

{% macro message_changes(given, before, after, moment) -%}
    {%- set number = cast_raw('row_id', 'string', 'int64') -%}
    {# Zones and clocks that were set wrong move a message no further. #}
    {%- set near = 26 -%}
    {# Rows that make a row number believed, and a shift of the clock one of all messages. #}
    {%- set several = 3 -%}
with

lists as (
    select *, coalesce(min(row_id) over (partition by message_identity, variant), variant) as list_name
    from {{ given }} as given
),
in_file as (
    select message_identity, count(distinct list_name) as list_count from lists
    group by message_identity
),
spans as (
    select page_name, min(sent_at) as first_at, max(sent_at) as last_at from {{ given }} as given
    where sent_at is not null group by page_name
),
numbers as (
    select
        count({{ number }}) = count(*) and min({{ number }}) in (0, 1, 2)
        and max({{ number }}) = least(min({{ number }}), 2) + count(distinct {{ number }}) - 1 as are_of_rows
    from {{ given }} as given
),
had as (
    select message_identity, count(distinct list_key) as list_count, max(row_id) as row_id,
        min(page_name) as page_name, min(sent_at) as sent_at,
        min(plain_text_key) as plain_text_key
    from {{ before }} as before group by message_identity
),
has as (
    select message_identity, count(distinct list_key) as list_count,
        min(page_name) as page_name, min(sent_at) as sent_at,
        min(plain_text_key) as plain_text_key
    from {{ after }} as after group by message_identity
),
ids as (
    select distinct message_identity, row_id from {{ before }} as before where row_id is not null
),
back as (
    select
        case when ids.row_id is null then 'other id' else 'same id' end as kind,
        count(*) as row_count
    from {{ given }} as given
    inner join had on given.message_identity = had.message_identity
    left join ids
        on given.message_identity = ids.message_identity and given.row_id = ids.row_id
    where given.row_id is not null and had.row_id is not null
    group by case when ids.row_id is null then 'other id' else 'same id' end
),
evidence as (
    select
        coalesce(sum(case when kind = 'same id' then row_count end), 0) as same_ids,
        coalesce(sum(case when kind = 'other id' then row_count end), 0) as other_ids
    from back
),
replaced as (
    select distinct before.row_id, before.message_identity, before.page_name, before.sent_at,
        before.plain_text_key
    from {{ before }} as before left join has on before.message_identity = has.message_identity
    where has.message_identity is null
),
moved as (
    select distinct
        case
            when after.page_name is distinct from replaced.page_name then 'page'
            when after.sent_at is distinct from replaced.sent_at then 'time'
            else 'text'
        end as kind,
        replaced.row_id, replaced.message_identity as last_identity, after.message_identity,
        after.page_name, after.sent_at, replaced.page_name as last_page_name,
        replaced.sent_at as last_sent_at
    from replaced inner join {{ after }} as after
        on replaced.row_id = after.row_id and after.loaded_at = {{ moment }}
),
shifted as (
    select
        *,
        cast(round({{ timestamp_diff_seconds('sent_at', 'last_sent_at') }}) as int64) as shift,
        count(*) over () as moved_count
    from moved
),
shared as (
    select *, count(*) over (partition by kind, shift) as sharing_count from shifted
),
judged as (
    select
        shared.*,
        in_file.message_identity is not null
        or evidence.other_ids > evidence.same_ids
        or (
            coalesce(numbers.are_of_rows, false)
            and evidence.same_ids < {{ several }} * shared.moved_count
            and (
                (shared.kind = 'page' and shared.page_name is not null)
                or (
                    shared.kind = 'time'
                    and coalesce(
                        abs(shared.shift) > {{ near }} * 3600 or mod(shared.shift, 86400) = 0
                        or shared.sharing_count < {{ several }},
                        true
                    )
                )
            )
        ) as is_unsure
    from shared
    cross join numbers
    cross join evidence
    left join in_file on shared.last_identity = in_file.message_identity
),
shown as (
    select *, row_number() over (
        partition by kind order by case when is_unsure then 0 else 1 end, page_name, row_id
    ) as place
    from judged
),
added as (
    select has.* from has
    left join had on has.message_identity = had.message_identity
    left join moved on has.message_identity = moved.message_identity
    where had.message_identity is null and moved.message_identity is null
),
renumbered as (
    select distinct added.message_identity
    from {{ given }} as given
    inner join added on given.message_identity = added.message_identity
    inner join ids on given.row_id = ids.row_id
),
missing as (
    select had.* from had
    inner join has on had.message_identity = has.message_identity
    inner join spans on had.page_name = spans.page_name
    left join in_file on had.message_identity = in_file.message_identity
    where in_file.message_identity is null and had.sent_at between spans.first_at and spans.last_at
),
twins as (
    select
        added.message_identity, added.page_name, min(missing.sent_at) as last_sent_at,
        min(added.sent_at) as sent_at
    from added
    inner join missing
        on
            added.page_name = missing.page_name
            and added.plain_text_key = missing.plain_text_key
    where abs({{ timestamp_diff_seconds('added.sent_at', 'missing.sent_at') }}) / 3600 <= {{ near }}
    group by added.message_identity, added.page_name
)
select
    kind, count(*) as n, sum(case when is_unsure then 1 else 0 end) as unsure,
    max(case when place = 1 then coalesce(page_name, '') end) as page_name,
    max(case when place = 1 then row_id end) as row_id,
    max(case when place = 1 then
        case kind when 'page' then last_page_name when 'time' then cast(last_sent_at as string) end
    end) as old_value,
    max(case when place = 1 then
        case kind when 'page' then page_name when 'time' then cast(sent_at as string) end
    end) as new_value
from shown group by kind
union all
select kind, row_count, 0, '', '', '', '' from back
union all
select
    'doubled', count(*), 0, min(page_name), '', cast(min(last_sent_at) as string),
    cast(min(sent_at) as string)
from twins having count(*) > 0
union all
select 'renumbered', count(*), 0, '', '', '', ''
from renumbered
union all
select 'added', count(*), 0, '', '', '', ''
from added
union all
select 'confused', count(*), 0, '', '', '', ''
from has
inner join in_file on has.message_identity = in_file.message_identity
left join had on has.message_identity = had.message_identity
where has.list_count > greatest(in_file.list_count, coalesce(had.list_count, 0))
having count(*) > 0
{%- endmacro %}
