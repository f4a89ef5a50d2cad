{# Why a raw message is rejected: the first check that it fails, NULL when none. `occurrence` counts the
   rows of one message in one load; `is_after_its_load` says that its time had not come when it was loaded. #}

{% macro rejection_reason(as_of, max_valid_price, occurrence, is_after_its_load='false') -%}
    case
        when page_name is null then 'missing_page'
        when sent_at is null then 'missing_time'
        when sent_at > {{ as_of }} then 'future_time'
        when {{ is_after_its_load }} then 'after_its_load'
        when {{ occurrence }} > 1 then 'repeat'
        when sent_count < 1 then 'no_recipients'
        when viewed_count > sent_count then 'views_above_sends'
        when purchased_count > viewed_count then 'purchases_above_views'
        when earnings < 0 then 'negative_earnings'
        when price < 0 or price > {{ max_valid_price }} then 'price_out_of_range'
    end
{%- endmacro %}

{# Every reason there is, in the order of the checks. #}
{% macro rejection_reasons() %}
    {{ return([
        'missing_page',
        'missing_time',
        'future_time',
        'after_its_load',
        'repeat',
        'no_recipients',
        'views_above_sends',
        'purchases_above_views',
        'negative_earnings',
        'price_out_of_range',
    ]) }}
{% endmacro %}
