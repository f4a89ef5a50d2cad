{# Confidence (0-1) of a page's schedule from its usable messages, data quality (0-100), the model's
   out-of-time skill and its tier. NULL while no model has been trained: unknown is not zero. #}

{% macro confidence(usable_count, data_quality_score, model_skill, creator_tier) -%}
    (
        {{ var('confidence_sample_weight') }}
        * (cast({{ usable_count }} as {{ float_type() }}) / ({{ usable_count }} + {{ var('confidence_sample_scale') }}))
        + {{ var('confidence_quality_weight') }} * {{ data_quality_score }} / 100
        + {{ var('confidence_skill_weight') }}
        * case
            when {{ model_skill }} < 0 then 0
            when {{ model_skill }} > 1 then 1
            else {{ model_skill }}
        end
        + {{ var('confidence_tier_weight') }}
        * case {{ creator_tier }}
            when 'ULTRA' then {{ var('confidence_tier_ultra') }}
            when 'LARGE' then {{ var('confidence_tier_large') }}
            when 'MID' then {{ var('confidence_tier_mid') }}
            else {{ var('confidence_tier_small') }}
        end
    )
{%- endmacro %}
