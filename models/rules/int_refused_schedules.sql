-- Schedules that a tier-1 rule refuses, whatever other pages plan. What rule_caption_promised_once
-- needs to know: a version that is refused does not replace the page's active one.

with

refused as (
{% for rule, tier in rulebook().items() if tier == 1 and rule != 'caption_promised_once' %}
    select schedule_id from {{ ref('rule_' ~ rule) }}
    {% if not loop.last %}
    union distinct
    {% endif %}
{%- endfor %}

)

select * from refused
