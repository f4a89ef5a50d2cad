-- Every row that breaks a rule, for schedules in any status. A view, so that an audit sees what was
-- written a second ago.

{{ config(schema='marts') }}

with

violations as (
{% for rule, tier in rulebook().items() %}
    select
        schedule_id,
        page_name,
        message_id,
        '{{ rule }}' as rule,
        {{ tier }} as tier,
        detail
    from {{ ref('rule_' ~ rule) }}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}

),

typed as (

    select
        schedule_id,
        page_name,
        message_id,
        rule,
        cast(tier as int64) as tier,
        detail

    from violations

)

select * from typed
