{# The rulebook: every rule and its tier, once. 1 blocks a schedule, 2 warns, 3 is logged.
   A rule named here is the model `rule_<name>`. #}

{% macro rulebook() %}
    {{ return({
        'vault_availability': 1,
        'caption_unique_in_week': 1,
        'price_range': 1,
        'messages_per_week': 1,
        'data_quality': 1,
        'confidence_minimum': 1,
        'banned_content': 1,
        'blackout': 1,
        'caption_promised_once': 1,
        'message_spacing': 2,
        'explicit_share': 2,
        'prime_hour_share': 2,
        'eros_score': 2,
        'confidence_target': 2,
        'revenue_evidence': 2,
        'price_evidence': 2,
        'hour_evidence': 2,
        'data_evidence': 2,
        'category_per_day': 3,
        'near_duplicate_captions': 3,
        'caption_freshness': 3,
        'weekend_share': 3,
        'holiday_factor': 3,
        'declining_page': 3,
    }) }}
{% endmacro %}
