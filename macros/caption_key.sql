{# Identity of a caption text: md5 hex of the folded text (see fold_text). NULL for NULL. #}

{% macro caption_key(text) -%}
    {{ string_hash(fold_text(text)) }}
{%- endmacro %}
