-- Proposed schedules that a tier-1 rule refuses, whatever other pages plan. What
-- rule_caption_promised_once needs to know: a proposal that is refused does not replace the page's
-- active week.

with

proposals as (

    select distinct schedule_id

    from {{ ref('stg_schedule_templates') }}

    where status = 'proposed'

),

broken as (
{% for rule, tier in rulebook().items() if tier == 1 and rule != 'caption_promised_once' %}
    select schedule_id from {{ ref('rule_' ~ rule) }}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}

),

refused as (

    select distinct broken.schedule_id

    from broken

    inner join proposals
        on broken.schedule_id = proposals.schedule_id

)

select * from refused
