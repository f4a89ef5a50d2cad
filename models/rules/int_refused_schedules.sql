-- Proposed schedules that a tier-1 rule refuses, whatever other pages plan. What
-- rule_caption_promised_once needs to know: a proposal that is refused does not replace the page's
-- active week.

with

proposals as (

    select distinct schedule_id

    from {{ ref('stg_schedule_templates') }}

    where status = 'proposed'

),

refused as (
{% for rule, tier in rulebook().items() if tier == 1 and rule != 'caption_promised_once' %}
    select broken.schedule_id
    from {{ ref('rule_' ~ rule) }} as broken
    inner join proposals
        on broken.schedule_id = proposals.schedule_id
    {% if not loop.last %}
    union distinct
    {% endif %}
{%- endfor %}

)

select * from refused
