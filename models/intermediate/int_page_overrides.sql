-- One row per page with overrides and span of days in which the same of them hold; an end that is NULL is open.
-- An override with days goes before the page's override of the setting without.

{{ config(materialized='view') }}

with

overrides as (

    select
        {{ page_key('page_name') }} as page_name,
        setting,
        value,
        valid_from,
        valid_until,
        valid_from is not null or valid_until is not null as is_dated

    from {{ ref('creator_overrides') }}

),

-- On these days something changes; before the first of them is a span, too.
changes as (

    select
        page_name,
        cast(null as date) as valid_from

    from overrides

    union distinct

    select
        page_name,
        valid_from

    from overrides

    where valid_from is not null

    union distinct

    select
        page_name,
        {{ add_days('valid_until', 1) }} as valid_from

    from overrides

    where valid_until is not null

),

spans as (

    select
        page_name,
        valid_from,
        {{ add_days(
            'lead(valid_from) over (partition by page_name order by valid_from nulls first)', -1
        ) }} as valid_until

    from changes

),

in_force as (

    select
        spans.page_name,
        spans.valid_from,
        spans.valid_until,
        overrides.setting,
        overrides.value,
        overrides.is_dated

    from spans

    left join overrides
        on
            spans.page_name = overrides.page_name
            and coalesce(overrides.valid_from <= spans.valid_from, overrides.valid_from is null)
            and coalesce(overrides.valid_until >= spans.valid_from, true)

),

pivoted as (

    select
        page_name,
        valid_from,
        valid_until
        {%- for setting in overridable_settings() %},
        coalesce(
            max(case when setting = '{{ setting }}' and is_dated then value end),
            max(case when setting = '{{ setting }}' then value end)
        ) as {{ setting }}
        {%- endfor %}

    from in_force

    group by page_name, valid_from, valid_until

)

select * from pivoted
