{# Ends a CTE that is read more than once, so that it runs once: GoogleSQL runs a CTE again for each place
   that names it, and keeps the rows of recursive ones only. This makes it recursive, with nothing to
   add. The WITH clause says `with recursive`. DuckDB keeps what is named twice by itself. #}

{% macro kept(name) -%}
    {{ return(adapter.dispatch('kept', 'eros')(name)) }}
{%- endmacro %}

{% macro default__kept(name) -%}
{%- endmacro %}

{% macro bigquery__kept(name) -%}
union all
    select * from {{ name }}
    where false
{%- endmacro %}
