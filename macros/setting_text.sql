{# A var's value as text that reads back with its type: JSON for numbers, booleans and lists, words as
   they are. #}

{% macro setting_text(value) %}
    {{ return(value if value is string else tojson(value)) }}
{% endmacro %}
