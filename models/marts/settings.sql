-- One row per setting that the last complete build used. Built after every other mart and emptied at
-- the start of a build: a build that was cut short leaves none, and the next run builds anew.
{#- Only while parsing: the order matters, the rows do not. #}
{% if not execute %}
    {% for mart in marts_before_settings() %}
        {% do ref(mart) %}
    {% endfor %}
{% endif %}

with

fingerprint as (

    select * from {{ ref('stg_raw_fingerprint') }}

),

listed as (

    {% for name in setting_names() -%}
    select
        '{{ name }}' as setting,
        {%- set setting = project_fingerprint() if name == 'project_fingerprint' else var(name) %}
        {{ sql_text(setting_text(setting)) if setting is not none else 'cast(null as string)' }} as value

    union all

    {% endfor -%}
    select
        'as_of' as setting,
        '{{ as_of_text() | replace(" ", "T") }}Z' as value

    union all

    select
        'is_tested' as setting,
        '{{ "false" if dbt_metadata_envs.get("TESTS_FOLLOW") else "true" }}' as value

    union all

    select
        'built_at' as setting,
        '{{ run_time_text() }}' as value

    union all

    select
        'raw_fingerprint' as setting,
        raw_fingerprint as value

    from fingerprint

)

select * from listed
