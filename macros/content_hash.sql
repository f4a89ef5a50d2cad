{# md5 of several columns as text: rows have equal hashes when all columns are equal (NULL is like NULL
   alone), and else not, since each text follows its length. Never compared between engines. #}

{% macro content_hash(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- set text = "cast(" ~ column ~ " as string)" -%}
        {%- do parts.append("coalesce(concat(cast(length(" ~ text ~ ") as string), ':', " ~ text ~ "), '-')") -%}
    {%- endfor -%}
    {{ string_hash("concat(" ~ parts | join(", '|', ") ~ ")") }}
{%- endmacro %}
