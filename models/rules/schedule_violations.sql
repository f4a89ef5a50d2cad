-- Every row that breaks a rule, for schedules in any status. A view, so that an audit sees what was
-- written a second ago.

{{ config(schema='marts') }}

with

violations as (
{{ violations(rulebook()) }}
)

select * from violations
