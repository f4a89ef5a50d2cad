-- Every version of every schedule, message by message. A view: it shows what was just written. Its
-- columns are those of the contract.

{{ config(schema='marts') }}

with

messages as (

    select * from {{ ref('int_schedule_messages') }}

),

categories as (

    select * from {{ ref('int_categories') }}

),

approvals as (

    select
        schedule_id,
        max(approved_by) as approved_by

    from {{ ref('schedule_approvals') }}

    where is_valid

    group by schedule_id

),

-- One name for every spelling of a category, as the sheet shows it.
named as (

    select
        messages.* replace (
            coalesce(categories.category_name, messages.content_category) as content_category
        ),
        {% if var('require_approval') %}
        case
            when approvals.approved_by is not null then concat('approved by ', approvals.approved_by)
            else 'not approved'
        end as approval
        {% else %}
        cast(null as {{ dbt.type_string() }}) as approval
        {% endif %}

    from messages

    left join categories on messages.content_category = categories.content_category

    left join approvals on messages.schedule_id = approvals.schedule_id

)

select * from named
