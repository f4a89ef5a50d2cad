{# The tables of `eros_operations`, which the scheduler writes and the rules read.

   `create_operations_tables` runs at the start of every dbt command, so that a first build on
   an empty database has something to select from. It creates what is absent and adds columns
   that a later version brought; it drops and rewrites nothing. Present and complete, it costs
   one metadata look-up per table. #}

{% macro create_operations_tables() -%}
    {% if execute and flags.INTROSPECT %}
        {% set schema_name = target.schema ~ '_operations' %}
        {% do adapter.create_schema(
            api.Relation.create(database=target.database, schema=schema_name)
        ) %}
        {% for table_name, columns in _operations_columns().items() %}
            {% set present = adapter.get_relation(target.database, schema_name, table_name) %}
            {% if present is none %}
                {% do run_query(
                    _create_operations_table(schema_name, table_name, columns)
                ) %}
            {% else %}
                {% do _add_missing_columns(present, columns) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{%- endmacro %}


{# Table -> column -> type. The one place that says what the scheduler may write. #}
{% macro _operations_columns() %}
    {% set string = dbt.type_string() %}
    {% set integer = dbt.type_bigint() %}
    {% set float = float_type() %}
    {% set boolean = dbt.type_boolean() %}
    {% set timestamp = dbt.type_timestamp() %}
    {% set date = 'date' %}
    {{ return({
        'schedule_templates': {
            'schedule_id': string,
            'page_name': string,
            'week_start': date,
            'status': string,
            'message_id': string,
            'send_at': timestamp,
            'price': float,
            'caption_id': integer,
            'caption_key': string,
            'caption_text': string,
            'content_category': string,
            'content_type': string,
            'expected_revenue': float,
            'revenue_low': float,
            'revenue_high': float,
            'confidence': float,
            'strategy_note': string,
            'is_locked': boolean,
            'is_price_test': boolean,
            'propensity': float,
            'revenue_given_up': float,
            'is_explored': boolean,
            'week_expected_revenue': float,
            'week_revenue_low': float,
            'week_revenue_high': float,
            'week_upper_bound': float,
            'week_gap': float,
            'week_relaxed': string,
            'week_binding': string,
            'week_bound_joint': float,
            'week_conflict_cost': float,
            'as_of': timestamp,
            'training_hash': string,
            'run_id': string,
            'written_at': timestamp,
        },
        'schedule_edits': {
            'edit_id': string,
            'schedule_id': string,
            'schedule_id_before': string,
            'page_name': string,
            'week_start': date,
            'message_id': string,
            'kind': string,
            'field': string,
            'value_before': string,
            'value_after': string,
            'expected_before': float,
            'expected_after': float,
            'week_expected_before': float,
            'week_expected_after': float,
            'made_by': string,
            'made_at': timestamp,
            'source': string,
        },
        'schedule_approvals': {
            'approval_id': string,
            'schedule_id': string,
            'page_name': string,
            'week_start': date,
            'content_hash': string,
            'approved_by': string,
            'approved_at': timestamp,
            'voided_at': timestamp,
            'reason': string,
        },
        'response_curves': {
            'training_hash': string,
            'page_name': string,
            'curve': string,
            'x': string,
            'x_value': float,
            'estimate': float,
            'low': float,
            'high': float,
            'best_share': float,
            'as_of': timestamp,
            'trained_at': timestamp,
        },
        'response_draws': {
            'training_hash': string,
            'page_name': string,
            'draw': integer,
            'fatigue_short': float,
            'fatigue_middle': float,
            'fatigue_long': float,
            'hours_short': float,
            'hours_middle': float,
            'hours_long': float,
            'typical_revenue': float,
            'largest_volume': integer,
            'price_centre': float,
            'price_low': float,
            'price_high': float,
            'price_linear': float,
            'price_above_1': float,
            'price_above_2': float,
            'price_above_3': float,
            'tail': float,
            'as_of': timestamp,
            'trained_at': timestamp,
        },
        'caption_effects': {
            'training_hash': string,
            'caption_key': string,
            'log_effect': float,
            'as_of': timestamp,
            'trained_at': timestamp,
        },
        'untried_effects': {
            'training_hash': string,
            'price_tier': string,
            'log_effect': float,
            'as_of': timestamp,
            'trained_at': timestamp,
        },
        'model_skill': {
            'training_hash': string,
            'scope': string,
            'scope_value': string,
            'metric': string,
            'value': float,
            'as_of': timestamp,
            'trained_at': timestamp,
        },
        'model_registry': {
            'training_hash': string,
            'as_of': timestamp,
            'trained_at': timestamp,
            'row_count': integer,
            'window_start': date,
            'window_end': date,
            'model_type': string,
            'parameters': string,
            'path': string,
            'renewed_at': timestamp,
        },
        'batch_execution_log': {
            'run_id': string,
            'page_name': string,
            'week_start': date,
            'schedule_id': string,
            'status': string,
            'reason': string,
            'message_count': integer,
            'expected_revenue': float,
            'gap': float,
            'agency_revenue_low': float,
            'agency_revenue_high': float,
            'started_at': timestamp,
            'finished_at': timestamp,
            'seconds': float,
            'as_of': timestamp,
            'agent_calls': integer,
            'agent_tokens': integer,
            'agent_dollars': float,
            'agent_note': string,
        },
        'agent_replies': {
            'reply_key': string,
            'role': string,
            'page_name': string,
            'model': string,
            'reply': string,
            'replied_at': timestamp,
        },
        'agent_calls': {
            'run_id': string,
            'role': string,
            'page_name': string,
            'model': string,
            'reply_key': string,
            'outcome': string,
            'input_tokens': integer,
            'output_tokens': integer,
            'cache_write_tokens': integer,
            'cache_read_tokens': integer,
            'dollars': float,
            'seconds': float,
            'sentences_dropped': integer,
            'ids_dropped': integer,
            'batch_id': string,
            'called_at': timestamp,
        },
        'caption_tags': {
            'caption_key': string,
            'source': string,
            'model': string,
            'energy': string,
            'intensity': string,
            'intent': string,
            'language': string,
            'sentiment': float,
            'near_duplicate_group': string,
            'similarity': float,
            'tagged_at': timestamp,
        },
        'schedule_advice': {
            'schedule_id': string,
            'page_name': string,
            'summary': string,
            'findings': string,
            'reviews': string,
            'changes': string,
            'problem': string,
        },
        'schedule_reasons': {
            'schedule_id': string,
            'page_name': string,
            'message_id': string,
            'local_hour': integer,
            'daypart': string,
            'is_prime': boolean,
            'hour_index': float,
            'price': float,
            'price_revenue': float,
            'lower_price': float,
            'lower_price_revenue': float,
            'higher_price': float,
            'higher_price_revenue': float,
            'caption_sends': integer,
            'caption_score': float,
            'caption_days_since': integer,
            'energy': string,
            'energy_suits': boolean,
            'price_tier': string,
            'holiday': string,
            'runner_up_caption_id': integer,
            'runner_up_loss': float,
        },
        'system_alerts': {
            'alert_id': string,
            'alert_type': string,
            'severity': string,
            'page_name': string,
            'week_start': date,
            'schedule_id': string,
            'detail': string,
            'value': float,
            'threshold': float,
            'opened_at': timestamp,
            'run_id': string,
        },
        'alert_acknowledgements': {
            'acknowledgement_id': string,
            'alert_id': string,
            'alert_type': string,
            'page_name': string,
            'week_start': date,
            'as_of': timestamp,
            'acknowledged_by': string,
            'acknowledged_at': timestamp,
            'note': string,
        },
        'notifications': {
            'notification_id': string,
            'channel': string,
            'kind': string,
            'alert_id': string,
            'alert_type': string,
            'page_name': string,
            'week_start': date,
            'run_id': string,
            'as_of': timestamp,
            'sent_at': timestamp,
        },
    }) }}
{% endmacro %}


{% macro _create_operations_table(schema_name, table_name, columns) %}
    create table if not exists {{
        api.Relation.create(
            database=target.database, schema=schema_name, identifier=table_name
        )
    }} (
        {%- for column, type in columns.items() %}
        {{ column }} {{ type }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{% endmacro %}


{% macro _add_missing_columns(relation, columns) %}
    {% set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
    {% for column, type in columns.items() if column not in present %}
        {% do run_query(
            'alter table ' ~ relation ~ ' add column ' ~ column ~ ' ' ~ type
        ) %}
    {% endfor %}
{% endmacro %}
