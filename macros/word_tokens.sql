{# A text as its tokens, each with a space on both sides: ' hey babe ! '.

   A token is a run of letters and digits, or one other visible character. Case, Unicode form,
   white space, curly apostrophes and invisible characters (zero-width spaces, soft hyphens,
   variation selectors) make no difference, so all spellings of one caption_key have the same
   tokens. A term is in a text when its tokens follow each other there (see has_words): never
   inside a longer word, and the same answer on both engines, whose regular expressions are RE2. #}

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
                    regexp_replace(
                        ' ' || lower(nfc_normalize({{ text }})) || ' ',
                        '[\p{Cf}\x{FE0E}\x{FE0F}]', '', 'g'
                    ),
                    '[\x{2018}\x{2019}\x{02BC}]', '''', 'g'
                ),
                '{{ white_space_class() }}', ' ', 'g'
            ),
            '([^\p{L}\p{N} ])', ' \1 ', 'g'
        ),
        ' +', ' ', 'g'
    )
{%- endmacro %}

{% macro bigquery__word_tokens(text) -%}
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        concat(' ', lower(normalize({{ text }}, nfc)), ' '),
                        r'[\p{Cf}\x{FE0E}\x{FE0F}]', ''
                    ),
                    r'[\x{2018}\x{2019}\x{02BC}]', "'"
                ),
                r'{{ white_space_class() }}', ' '
            ),
            r'([^\p{L}\p{N} ])', r' \1 '
        ),
        ' +', ' '
    )
{%- endmacro %}
