-- One row per valid send of known earnings in a week with an active schedule, made after it was planned,
-- that executed none of its messages; with the message it stands in for, if there is one.

with

planned as (

    select * from {{ ref('int_schedule_messages') }}

    where status = 'active'

),

due as (

    select * from {{ ref('int_schedule_due') }}

    where was_sent is not null

),

pairs as (

    select * from {{ ref('int_schedule_pairs') }}

),

sent as (

    select * from {{ ref('int_messages') }}

    where is_valid and earnings is not null

),

weeks as (

    select
        schedule_id,
        page_name,
        week_start,
        max(as_of) as planned_on

    from planned

    group by schedule_id, page_name, week_start

),

unplanned as (

    select
        weeks.schedule_id,
        weeks.page_name,
        weeks.week_start,
        sent.message_key,
        sent.local_date,
        sent.sent_at,
        sent.is_priced,
        sent.earnings

    from weeks

    inner join sent
        on
            weeks.page_name = sent.page_name
            and sent.local_date >= weeks.week_start
            and sent.local_date < {{ add_days('weeks.week_start', 7) }}
            and weeks.planned_on < sent.sent_at

    left join pairs on sent.message_key = pairs.message_key

    where pairs.message_key is null

),

-- On each day the first priced send outside the plan stands in for the first message left out, and so on.
ranked as (

    select
        *,
        row_number() over (
            partition by schedule_id, local_date, is_priced
            order by sent_at, message_key
        ) as day_rank

    from unplanned

),

left_out as (

    select
        schedule_id,
        message_id,
        local_date,
        row_number() over (
            partition by schedule_id, local_date
            order by send_at, message_id
        ) as day_rank

    from due

    where not was_sent

),

joined as (

    select
        ranked.schedule_id,
        ranked.page_name,
        ranked.week_start,
        ranked.message_key,
        ranked.local_date,
        ranked.sent_at,
        ranked.is_priced,
        ranked.earnings,
        left_out.message_id as replaced_message_id

    from ranked

    left join left_out
        on
            ranked.schedule_id = left_out.schedule_id
            and ranked.local_date = left_out.local_date
            and ranked.day_rank = left_out.day_rank
            and ranked.is_priced

)

select * from joined
