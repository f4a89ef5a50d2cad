{# The rows that break one of some rules, with the rule and its tier; `rules` is a part of the rulebook. #}

{% macro violations(rules) -%}
{% for rule, tier in rules.items() %}
    select
        schedule_id,
        page_name,
        message_id,
        '{{ rule }}' as rule,
        cast({{ tier }} as int64) as tier,
        detail
    from {{ ref('rule_' ~ rule) }}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}
{%- endmacro %}
