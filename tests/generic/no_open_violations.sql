{# A rule is kept by every active schedule of a week that ends after `as_of`: a blocked schedule is
   the rulebook working, and a past one is history. The rule's tier says what a row does: 1 fails
   the build, 2 warns, 3 is counted in the log. Tagged `rule`, so that the build inside a run can
   leave these tests out (`--exclude tag:rule`): data that make an active week illegal must not stop
   the run that replaces it. They come after the mart `settings`, which is built last: dbt leaves out
   what comes after a test that fails, and a build that is complete but for a broken week is complete. #}

{% test no_open_violations(model, rule) %}
    {%- set tier = rulebook()[rule] -%}
    {%- do ref('settings') -%}
    {{ config(tags=['rule'], severity='error' if tier == 1 else 'warn') }}
    {%- set rows_sql %}
        select violations.*
        from {{ model }} as violations
        where violations.schedule_id in (
            select schedules.schedule_id
            from {{ ref('int_schedule_messages') }} as schedules
            where schedules.status = 'active' and schedules.is_week_open
        )
    {%- endset -%}
    {%- if tier < 3 -%}
        {{ rows_sql }}
    {%- else -%}
        {%- if execute and flags.WHICH in ('build', 'test') -%}
            {%- set found = run_query('select count(*) from (' ~ rows_sql ~ ') as found').rows[0][0] -%}
            {%- if found > 0 -%}
                {%- do log('Tier 3 ' ~ rule ~ ': ' ~ found ~ ' rows in schedule_violations', info=true) -%}
            {%- endif -%}
        {%- endif -%}
        select found.* from ({{ rows_sql }}) as found where false
    {%- endif -%}
{% endtest %}
