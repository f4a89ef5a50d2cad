{# md5 of several columns as text: equal rows have equal hashes, whatever order they came in. Orders
   rows that differ in nothing that matters; never compared between engines. #}

{% macro content_hash(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as string), '-')") -%}
    {%- endfor -%}
    {{ string_hash("concat(" ~ parts | join(", '|', ") ~ ")") }}
{%- endmacro %}
