{# What one message adds to the two sums of each rate, undecayed. The two sides are NULL together, so a
   message without one of them is in neither sum. Usable messages; where sales matter, priced ones.
   view: views per recipient; conversion: purchases per view; purchase: purchases per recipient;
   revenue: dollars per recipient and per message. #}

{% macro rate_parts(alias) -%}
    {%- set m = alias ~ '.' -%}
    {%- set priced = m ~ 'is_usable and ' ~ m ~ 'is_priced and ' -%}
    case when {{ m }}is_usable and {{ m }}viewed_count is not null then {{ m }}viewed_count end as view_views,
    case when {{ m }}is_usable and {{ m }}viewed_count is not null then {{ m }}sent_count end as view_recipients,
    case when {{ priced }}{{ m }}viewed_count is not null then {{ m }}purchased_count end as conversion_purchases,
    case when {{ priced }}{{ m }}purchased_count is not null then {{ m }}viewed_count end as conversion_views,
    case when {{ priced }}true then {{ m }}purchased_count end as purchase_purchases,
    case when {{ priced }}{{ m }}purchased_count is not null then {{ m }}sent_count end as purchase_recipients,
    case when {{ priced }}true then {{ m }}earnings end as revenue_earnings,
    case when {{ priced }}{{ m }}earnings is not null then {{ m }}sent_count end as revenue_recipients,
    case when {{ priced }}{{ m }}earnings is not null then cast(1 as int64) end as revenue_messages
{%- endmacro %}

{# The parts that marts show. #}
{% macro rate_sides() -%}
    {{ return([
        'view_views', 'view_recipients', 'conversion_purchases', 'conversion_views', 'revenue_earnings',
        'revenue_recipients', 'revenue_messages',
    ]) }}
{%- endmacro %}

{# Sums of the parts over the rows of a group that have a `weight`, those of the window: as they are, and
   decayed. A comma ends them. #}
{% macro rate_sums(alias) -%}
    {% for side in rate_sides() -%}
    {%- set type = float_type() if side == 'revenue_earnings' else 'int64' -%}
    cast(
        coalesce(sum(case when {{ alias }}.weight is not null then {{ alias }}.{{ side }} end), 0) as {{ type }}
    ) as {{ side }},
    cast(coalesce(sum({{ alias }}.weight * {{ alias }}.{{ side }}), 0) as {{ float_type() }}) as weighted_{{ side }},
    {% endfor %}
{%- endmacro %}

{# The columns that rate_sums made, to hand on. A comma ends them. #}
{% macro rate_columns(alias) -%}
    {% for side in rate_sides() -%}
    {{ alias }}.{{ side }},
    {{ alias }}.weighted_{{ side }},
    {% endfor %}
{%- endmacro %}

{# The rates of a group: ratios of decayed sums. #}
{% macro rates(alias) -%}
    {%- set w = alias ~ '.weighted_' -%}
    {{ safe_ratio(w ~ 'view_views', w ~ 'view_recipients') }} as view_rate,
    {{ safe_ratio(w ~ 'conversion_purchases', w ~ 'conversion_views') }} as conversion_rate,
    {{ safe_ratio(w ~ 'revenue_earnings', w ~ 'revenue_recipients') }} as revenue_per_send,
    {{ safe_ratio(w ~ 'revenue_earnings', w ~ 'revenue_messages') }} as revenue_per_message
{%- endmacro %}

{# What a group of messages holds, priced or not. #}
{% macro group_counts(alias) -%}
    count(*) as message_count,
    count(case when {{ alias }}.is_priced then 1 end) as priced_message_count,
    cast(coalesce(sum({{ alias }}.sent_count), 0) as int64) as recipients,
    cast(coalesce(sum({{ alias }}.purchased_count), 0) as int64) as purchases,
    cast(coalesce(sum({{ alias }}.earnings), 0) as {{ float_type() }}) as earnings
{%- endmacro %}

{# Kish's effective number of rows of these weights: how many equal ones would say as much.
   Source: Kish (1965), Survey Sampling, Wiley. #}
{% macro effective_count(weight) -%}
    {{ safe_ratio('sum(' ~ weight ~ ') * sum(' ~ weight ~ ')', 'sum((' ~ weight ~ ') * (' ~ weight ~ '))') }}
{%- endmacro %}
