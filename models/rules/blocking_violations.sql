-- The tier-1 rows of schedule_violations by themselves: what asks for nothing else need not read the
-- history of messages, as spacing and freshness do.

{{ config(schema='marts') }}

{%- set blocking = {} %}
{%- for rule, tier in rulebook().items() if tier == 1 %}
{%- do blocking.update({rule: tier}) %}
{%- endfor %}

with

violations as (
{{ violations(blocking) }}
)

select * from violations
