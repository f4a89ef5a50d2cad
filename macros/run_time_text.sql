{# Wall clock at which this run of dbt began, ISO 8601 in UTC. For the marts' time to live alone. #}

{% macro run_time_text() %}
    {{ return(run_started_at.strftime('%Y-%m-%dT%H:%M:%S.%fZ')) }}
{% endmacro %}
