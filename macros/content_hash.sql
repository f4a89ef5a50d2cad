{# md5 of several columns as text: rows have equal hashes when all columns are equal (NULL is like NULL
   alone), and else not, since each text follows its length. The same on every engine, for columns whose text
   is: moments go in as `unix_micros`, fractions as `millionths`. #}

{% macro content_hash(columns) -%}
    {# concat() of a NULL is NULL on one engine and the rest of the text on another; || is NULL on both. #}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- set text = "cast(" ~ column ~ " as string)" -%}
        {%- do parts.append("coalesce(cast(length(" ~ text ~ ") as string) || ':' || " ~ text ~ ", '-')") -%}
    {%- endfor -%}
    {{ string_hash("concat(" ~ parts | join(", '|', ") ~ ")") }}
{%- endmacro %}

{# A number in millionths, int64: a fraction as every engine writes it. #}
{% macro millionths(number) -%}
    cast(round({{ number }} * 1000000) as int64)
{%- endmacro %}
