{# A text as it was meant, whatever a platform's export or a spreadsheet made of its spelling: without
   markup, entities as their characters, quotes and dashes in one form, without the characters that
   nobody sees (variation selectors, zero-width ones, marks of direction), folded (see fold_text).

   It is looser than the text behind `caption_key`, which is the contract's. By this one a message is
   known again in a later export, and a sent text is found in the bank where the exact one is not. #}

{% macro plain_text(text) -%}
    {%- set decoded -%}
        case when {{ text }} like '%&%;%' then {{ decode_entities(text) }} else {{ text }} end
    {%- endset -%}
    {%- set blocks = replace_pattern(decoded, '(?i)</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|blockquote)(?:\\s[^<>]*)?/?>', ' ') -%}
    {%- set unmarked = replace_pattern(blocks, '</?[A-Za-z][^<>]*>', '') -%}
    {%- set visible = replace_pattern(
        unmarked,
        '[\\x{AD}\\x{180E}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2064}\\x{2066}-\\x{2069}\\x{FE00}-\\x{FE0F}\\x{FEFF}\\x{E0100}-\\x{E01EF}]',
        ''
    ) -%}
    {%- set quotes = "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u0060" -%}
    {%- set double_quotes = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb" -%}
    {%- set dashes = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212" -%}
    {%- set signs = quotes ~ double_quotes ~ dashes -%}
    {%- set plain = "'" * (quotes | length) ~ '"' * (double_quotes | length) ~ '-' * (dashes | length) -%}
    {%- set straight -%}
        replace(translate({{ visible }}, {{ sql_text(signs) }}, {{ sql_text(plain) }}), '{{ "\u2026" }}', '...')
    {%- endset -%}
    {{ fold_text(straight) }}
{%- endmacro %}

{# What is the same by plain_text is the same by this: md5 hex, of no text as of an empty one. #}
{% macro plain_text_key(text) -%}
    {{ string_hash("coalesce(" ~ plain_text(text) ~ ", '')") }}
{%- endmacro %}

{# HTML entities as their characters: those that exports hold, by name and by number. A letter's accent
   follows it and NFC joins them; any other number (an emoji, mostly) goes. `&amp;` comes first, for
   what was encoded twice. #}
{% macro decode_entities(text) -%}
    {# Quotes and dashes of any form: plain_text makes them one. Few calls around each other, for parsers' sake. #}
    {%- set named = [
        ('&', 'amp|#0*38'),
        (' ', 'nbsp|#0*160|#[xX]0*[aA]0'),
        ('<', 'lt|#0*60|#[xX]0*3[cC]'),
        ('>', 'gt|#0*62|#[xX]0*3[eE]'),
        ('"', '[lr]dquo|quot|#0*34|#0*822[01]|#[xX]0*22|#[xX]0*201[cCdD]'),
        ('\u2019', '[lr]squo|apos|#0*39|#0*821[67]|#[xX]0*27|#[xX]0*201[89]'),
        ('-', '[mn]dash|#0*821[12]|#[xX]0*201[34]'),
        ('...', 'hellip|#0*8230|#[xX]0*2026'),
    ] -%}
    {%- set accents = {
        'grave': 768, 'acute': 769, 'circ': 770, 'tilde': 771, 'uml': 776, 'cedil': 807,
    } -%}
    {%- set found = namespace(sql=text) -%}
    {%- for character, names in named -%}
        {%- set found.sql = replace_pattern(found.sql, '&(?:' ~ names ~ ');', character) -%}
    {%- endfor -%}
    {%- for name, number in accents.items() -%}
        {%- set found.sql = replace_pattern(found.sql, '&([A-Za-z])' ~ name ~ ';', '\\1' ~ '%c' % number) -%}
    {%- endfor -%}
    {{ replace_pattern(found.sql, '&#[xX]?[0-9a-fA-F]+;', '') }}
{%- endmacro %}
