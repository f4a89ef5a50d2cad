{# A sentence on a figure that changed, with a space after it; nothing when its vote is 0. #}

{% macro change_words(what, vote, before, now) -%}
    case when {{ vote }} <> 0 then concat('{{ what }} from ', {{ before }}, ' to ', {{ now }}, '. ') else '' end
{%- endmacro %}
