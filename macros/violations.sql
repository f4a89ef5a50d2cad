{# The rows that break one of some rules, with the rule and its tier; `rules` is a part of the rulebook.

   The rules read the same few models. Each rule's view, expanded by itself, would have BigQuery compute
   those once per rule and once more per CTE: there the rules are written into one statement, over what
   they share computed once. Their text stays in one place, the rule's own file. #}

{% macro violations(rules) -%}
    {%- for rule in rules %}{% do ref('rule_' ~ rule) %}{% endfor -%}
    {{ return(adapter.dispatch('violations', 'eros')(rules)) }}
{%- endmacro %}

{% macro default__violations(rules) -%}
{% for rule, tier in rules.items() %}
    {{ _violations_of(rule, tier, ref('rule_' ~ rule)) }}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}
{%- endmacro %}

{% macro bigquery__violations(rules) -%}
    {%- set shared, others = _read_by_rules() -%}
    {%- for model in shared + others %}{% do ref(model) %}{% endfor -%}
    {%- if not execute %}{{ return(default__violations(rules)) }}{% endif -%}
    {%- set names = {} -%}
    with recursive
    {% for model in shared if model != 'int_refused_schedules' %}
    {{ _shared_by_rules(model, names) }},
    {% endfor %}
    {% for rule in rules if rule != 'caption_promised_once' %}
    {{ _shared_by_rules('rule_' ~ rule, names) }},
    {% endfor %}
    {% if 'caption_promised_once' in rules %}
    {{ _shared_by_rules('int_refused_schedules', names) }},
    {{ _shared_by_rules('rule_caption_promised_once', names) }},
    {% endif %}
    gathered as (
    {%- for rule, tier in rules.items() %}
    {{ _violations_of(rule, tier, 'shared_rule_' ~ rule) }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
    )
    select * from gathered
{%- endmacro %}

{% macro _violations_of(rule, tier, relation) -%}
select
        schedule_id,
        page_name,
        message_id,
        '{{ rule }}' as rule,
        cast({{ tier }} as int64) as tier,
        detail
    from {{ relation }}
{%- endmacro %}

{# What the rules read: first what more than one of them reads, each after what it reads itself, then the
   rest. dbt has to know them before it can tell what a rule reads; one that is missing here is an error
   when the project is compiled. #}
{% macro _read_by_rules() %}
    {{ return((
        [
            'int_caption_bank', 'int_schedule_messages', 'int_schedule_content', 'int_schedule_matches', 'creator_curves',
            'creators', 'creator_settings', 'page_evidence', 'int_refused_schedules',
        ],
        [
            'int_caption_tags',
            'stg_schedule_templates', 'int_pages', 'int_messages', 'int_categories',
            'int_caption_categories', 'int_vault', 'int_holiday_shares', 'int_hour_evidence',
            'int_weekend_share', 'banned_terms', 'page_calendar', 'page_restrictions', 'data_quality',
            'eros_scores', 'creator_performance', 'creator_changes', 'stg_response_curves', 'stg_model_skill',
            'forecast_corrections',
        ],
    )) }}
{% endmacro %}

{# A model as a CTE whose rows are kept: a view's own query, or a table's rows. `names` (relation -> CTE)
   is what was written before it, and gets this one. #}
{% macro _shared_by_rules(model, names) -%}
    {%- set node = graph.nodes.values() | selectattr('name', 'equalto', model) | first -%}
    {%- set relation = ref(model) | string -%}
    {%- set query = ['select * from ' ~ relation] -%}
    {%- if node.config.materialized == 'view' -%}
        {%- set query = [render(node.raw_code)] -%}
        {%- for known, name in names.items() -%}
            {%- do query.append(query.pop() | replace(known, name)) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do names.update({relation: 'shared_' ~ model}) -%}
    shared_{{ model }} as (
    select * from (
    {{ query[0] }}
    )
    {{ kept('shared_' ~ model) }}
    )
{%- endmacro %}
