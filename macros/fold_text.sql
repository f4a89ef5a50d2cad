{# A text in NFC, every run of Unicode White_Space folded to one space, trimmed, lower case. #}

{% macro fold_text(text) -%}
    {{ return(adapter.dispatch('fold_text', 'eros')(text)) }}
{%- endmacro %}

{# Unicode 16, property White_Space, as RE2 writes it. The class is spelled out because `\s` differs by
   engine. #}
{% macro white_space_class() -%}
    {{ return('[\\x{09}-\\x{0D}\\x{20}\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}]') }}
{%- endmacro %}

{% macro default__fold_text(text) -%}
    {{ exceptions.raise_compiler_error("fold_text: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__fold_text(text) -%}
    lower(trim(regexp_replace(nfc_normalize({{ text }}), '{{ white_space_class() }}+', ' ', 'g')))
{%- endmacro %}

{% macro bigquery__fold_text(text) -%}
    lower(trim(regexp_replace(normalize({{ text }}, NFC), r'{{ white_space_class() }}+', ' '), ' '))
{%- endmacro %}
