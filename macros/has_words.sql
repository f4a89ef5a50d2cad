{# True when a term's tokens follow each other in a text's tokens. Both arguments are results of
   word_tokens. A term without a visible character is in no text. #}

{% macro has_words(text_tokens, term_tokens) -%}
    ({{ term_tokens }} <> ' ' and strpos({{ text_tokens }}, {{ term_tokens }}) > 0)
{%- endmacro %}
