{# The raw tables belong to somebody else: `scheduler load`, or any tool. What they must hold is
   written here once; what they do hold is looked up when a model is compiled, so that a missing
   optional column becomes a typed NULL instead of an error. #}

{# Table -> column -> kind (string, int64, float, bool, timestamp). #}
{% macro raw_contract() %}
    {{ return({
        'mass_messages': {
            'row_id': 'string', 'page_name': 'string', 'message': 'string',
            'sending_time': 'timestamp', 'price': 'float', 'sent_count': 'int64',
            'viewed_count': 'int64', 'purchased_count': 'float', 'earnings': 'float',
            'message_type': 'string', '_loaded_at': 'timestamp',
        },
        'caption_bank': {
            'caption_id': 'int64', 'caption_text': 'string', 'content_category': 'string',
            'price_tier': 'string', 'validation_level': 'string', 'usage_status': 'string',
            'total_sends': 'int64', 'lifetime_revenue': 'float', 'avg_conversion_rate': 'float',
            'overall_performance_score': 'float', 'days_since_last_use': 'int64',
            '_loaded_at': 'timestamp',
        },
        'vault_matrix': {'page_name': 'string', '_loaded_at': 'timestamp'},
        'active_creators': {
            'page_name': 'string', 'timezone': 'string', 'platform': 'string',
            'is_active': 'bool', '_loaded_at': 'timestamp',
        },
    }) }}
{% endmacro %}

{# Makes the raw tables that are absent, empty. Touches none that exists. #}
{% macro create_raw_tables() -%}
    {% if execute and flags.INTROSPECT %}
        {% set schema_name = var('raw_schema') %}
        {% do adapter.create_schema(
            api.Relation.create(database=target.database, schema=schema_name)
        ) %}
        {% for table_name, columns in raw_contract().items() %}
            {% if adapter.get_relation(target.database, schema_name, table_name) is none %}
                {% set relation = api.Relation.create(
                    database=target.database, schema=schema_name, identifier=table_name
                ) %}
                {% set definitions = [] %}
                {% for column, kind in columns.items() %}
                    {% do definitions.append(column ~ ' ' ~ raw_type(kind)) %}
                {% endfor %}
                {% do run_query('create table ' ~ relation ~ ' (' ~ definitions | join(', ') ~ ')') %}
            {% endif %}
        {% endfor %}
    {% endif %}
{%- endmacro %}

{# Engine type of a kind. #}
{% macro raw_type(kind) -%}
    {{ return(float_type() if kind == 'float' else ('boolean' if kind == 'bool' else (dbt.type_string() if kind == 'string' else kind))) }}
{%- endmacro %}

{# Columns of a raw table as it is: lower-case name -> adapter column. None while parsing, under
   `dbt compile --no-introspect`, and in unit tests, where the table is a fixture that has the
   contract's columns. #}
{% macro raw_columns(table_name) %}
    {% set relation = source('eros_raw', table_name) %}
    {% if not execute or not flags.INTROSPECT or relation.type == 'cte' %}
        {{ return(none) }}
    {% endif %}
    {% set found = {} %}
    {% for column in adapter.get_columns_in_relation(relation) %}
        {% do found.update({column.name | lower: column}) %}
    {% endfor %}
    {{ return(found if found else none) }}
{% endmacro %}

{# A raw column cast to its kind: the first of `names` that the table has, a typed NULL when it
   has none. With several present, the first that is not NULL. What can't be cast is NULL. #}
{% macro raw_column(columns, names, kind) -%}
    {%- set names = [names] if names is string else names -%}
    {%- set present = [] -%}
    {%- for name in names -%}
        {%- if columns is none -%}
            {%- if loop.first -%}{%- do present.append(cast_raw(name, '', kind)) -%}{%- endif -%}
        {%- elif name in columns -%}
            {%- set column = columns[name] -%}
            {%- do present.append(cast_raw(adapter.quote(column.name), column.dtype | lower, kind)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not present -%}
        cast(null as {{ raw_type(kind) }})
    {%- elif present | length == 1 -%}
        {{ present[0] }}
    {%- else -%}
        coalesce({{ present | join(', ') }})
    {%- endif -%}
{%- endmacro %}

{# Columns of the vault table that stand for a content type: all but the key, a loader's own columns
   (leading underscore) and times. #}
{% macro vault_columns() %}
    {% set columns = raw_columns('vault_matrix') or {} %}
    {% set found = [] %}
    {% for name, column in columns.items() %}
        {% set is_time = (column.dtype | lower)[:4] in ('time', 'date') %}
        {% if name not in ('page_name', 'username') and not name.startswith('_') and not is_time %}
            {% do found.append(column.name) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
