{# A text as its tokens, each with a space on both sides: ' hey babe ! '.

   A token is a run of letters and digits, or one other visible character. Case, Unicode form,
   white space, curly apostrophes and invisible characters (zero-width spaces, soft hyphens,
   variation selectors) make no difference. A term is in a text when the tokens of the term are
   in the tokens of the text (see has_words): never inside a longer word, and the same answer on
   both engines, whose regular expressions are both RE2. #}

{% macro word_tokens(text) -%}
    {{ return(adapter.dispatch('word_tokens', 'eros')(text)) }}
{%- endmacro %}

{% macro default__word_tokens(text) -%}
    {{ exceptions.raise_compiler_error("word_tokens: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__word_tokens(text) -%}
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    ' ' || lower(nfc_normalize({{ text }})) || ' ',
                    '[\p{Cf}\x{FE0E}\x{FE0F}]', '', 'g'
                ),
                '[\x{2018}\x{2019}\x{02BC}]', '''', 'g'
            ),
            '([^\p{L}\p{N}\p{Z}\s])', ' \1 ', 'g'
        ),
        '[\p{Z}\s]+', ' ', 'g'
    )
{%- endmacro %}

{% macro bigquery__word_tokens(text) -%}
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    concat(' ', lower(normalize({{ text }}, nfc)), ' '),
                    r'[\p{Cf}\x{FE0E}\x{FE0F}]', ''
                ),
                r'[\x{2018}\x{2019}\x{02BC}]', "'"
            ),
            r'([^\p{L}\p{N}\p{Z}\s])', r' \1 '
        ),
        r'[\p{Z}\s]+', ' '
    )
{%- endmacro %}
