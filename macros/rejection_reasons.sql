{# Why a raw message may be rejected, in the order of the checks in stg_mass_messages. #}

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
