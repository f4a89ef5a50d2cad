-- A message whose caption another page sends in the same week. The other page's active schedule
-- counts, and so does what the same run proposes for it. When the same run proposes a new version
-- for that page, its active one is about to go and counts only if the new version is refused.
-- Refusals can follow from each other: three rounds are resolved exactly; where there would be a
-- fourth, every conflict with a version about to go counts, so that the rule errs on the safe side.

{% set rounds = 3 %}

with recursive

messages as (

    select * from {{ ref('int_schedule_messages') }}
    {{ kept('messages') }}

),

refused_elsewhere as (

    select * from {{ ref('int_refused_schedules') }}
    {{ kept('refused_elsewhere') }}

),

proposals as (

    select distinct
        run_id,
        page_name,
        week_start,
        schedule_id

    from messages

    where status = 'proposed'

),

conflicts as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        messages.week_start,
        messages.run_id,
        messages.status,
        others.page_name as other_page_name,
        others.status as other_status

    from messages

    inner join messages as others
        on
            messages.own_caption_key = others.own_caption_key
            and messages.week_start = others.week_start
            and messages.page_name <> others.page_name

    where
        others.status = 'active'
        or (
            messages.status = 'proposed'
            and others.status = 'proposed'
            and messages.run_id = others.run_id
        )

),

-- successor_id: the version of the same run that is to replace the other page's active one.
pending as (

    select
        conflicts.schedule_id,
        conflicts.page_name,
        conflicts.message_id,
        conflicts.other_page_name,
        proposals.schedule_id as successor_id

    from conflicts

    left join proposals
        on
            conflicts.status = 'proposed'
            and conflicts.other_status = 'active'
            and conflicts.run_id = proposals.run_id
            and conflicts.week_start = proposals.week_start
            and conflicts.other_page_name = proposals.page_name
    {{ kept('pending') }}

),

refused_0 as (

    select schedule_id from refused_elsewhere
    union distinct
    select schedule_id from pending
    where successor_id is null

),
{% for round in range(1, rounds + 1) %}
refused_{{ round }} as (

    select schedule_id from refused_{{ round - 1 }}
    union distinct
    select pending.schedule_id
    from pending
    inner join refused_{{ round - 1 }} as refused
        on pending.successor_id = refused.schedule_id

),
{% endfor %}
unresolved as (

    select count(*) as schedule_count

    from refused_{{ rounds }} as refused

    left join refused_{{ rounds - 1 }} as before
        on refused.schedule_id = before.schedule_id

    where before.schedule_id is null

),

standing as (

    select
        pending.schedule_id,
        pending.page_name,
        pending.message_id,
        pending.other_page_name

    from pending

    cross join unresolved

    left join refused_{{ rounds }} as refused
        on pending.successor_id = refused.schedule_id

    where
        pending.successor_id is null
        or refused.schedule_id is not null
        or unresolved.schedule_count > 0

),

broken as (

    select
        schedule_id,
        page_name,
        message_id,
        concat(
            'The caption is promised to ', min(other_page_name), ' in the same week',
            case
                when count(distinct other_page_name) > 1
                    then concat(
                        ' and to ', cast(count(distinct other_page_name) - 1 as string), ' more'
                    )
                else ''
            end,
            '.'
        ) as detail

    from standing

    group by schedule_id, page_name, message_id

)

select * from broken
