{# Thresholds a page may override in the seed creator_overrides: the columns of creator_settings.
   The vault rule is not among them, and never will be. #}

{% macro overridable_settings() %}
    {{ return([
        'messages_per_week_min',
        'messages_per_week_max',
        'price_min',
        'price_max',
        'min_spacing_hours',
        'explicit_share',
        'explicit_share_tolerance',
        'prime_share_min',
        'max_same_category_per_day',
        'min_freshness_days',
        'eros_score_target',
        'data_quality_min',
        'confidence_min',
        'confidence_target',
    ]) }}
{% endmacro %}

{# Type of such a threshold: counts of messages and days are whole. #}
{% macro setting_type(setting) %}
    {{ return(
        'int64' if setting in [
            'messages_per_week_min', 'messages_per_week_max', 'max_same_category_per_day', 'min_freshness_days',
        ] else float_type()
    ) }}
{% endmacro %}
