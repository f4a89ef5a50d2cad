{# Identity of a caption text: NFC, every run of Unicode White_Space folded to one space, trimmed,
   lower case, md5 hex. NULL for NULL. The class is spelled out because `\s` differs by engine. #}

{% macro caption_key(text) -%}
    {{ return(adapter.dispatch('caption_key', 'eros')(text)) }}
{%- endmacro %}

{# Unicode 16, property White_Space, as RE2 writes it. #}
{% macro white_space_class() -%}
    {{ return('[\\x{09}-\\x{0D}\\x{20}\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}]') }}
{%- endmacro %}

{% macro default__caption_key(text) -%}
    {{ exceptions.raise_compiler_error("caption_key: no implementation for " ~ target.type) }}
{%- endmacro %}

{% macro duckdb__caption_key(text) -%}
    md5(lower(trim(regexp_replace(nfc_normalize({{ text }}), '{{ white_space_class() }}+', ' ', 'g'))))
{%- endmacro %}

{% macro bigquery__caption_key(text) -%}
    to_hex(md5(lower(trim(regexp_replace(normalize({{ text }}, NFC), r'{{ white_space_class() }}+', ' '), ' '))))
{%- endmacro %}
