{# Every mart but `settings`, which is built after them: it says that the build is complete. #}

{% macro marts_before_settings() -%}
    {{ return([
        'alerts',
        'batch_executions',
        'caption_candidates',
        'caption_fatigue',
        'caption_filter_counts',
        'caption_performance',
        'content_performance',
        'creator_curves',
        'creator_performance',
        'creator_settings',
        'creator_tiers',
        'creators',
        'data_quality',
        'day_performance',
        'days',
        'eros_scores',
        'hour_performance',
        'model_skill',
        'price_performance',
        'replay_messages',
        'schedule_performance_log',
        'schedule_slots',
        'schedule_violations',
        'schedules',
        'training_messages',
        'trait_performance',
    ]) }}
{%- endmacro %}
