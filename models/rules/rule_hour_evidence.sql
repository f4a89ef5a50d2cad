-- A message in an hour that neither the page nor pages like it ever tried.

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

evidence as (

    select * from {{ ref('int_hour_evidence') }}

),

broken as (

    select
        messages.schedule_id,
        messages.page_name,
        messages.message_id,
        concat(
            'Nothing is known of ', cast(messages.local_hour as string),
            ':00 on this page or on pages like it.'
        ) as detail

    from messages

    inner join evidence
        on
            messages.page_name = evidence.page_name
            and messages.local_hour = evidence.local_hour

    where not evidence.has_evidence

)

select * from broken
