{# The vault rule has no switch: any value of the var but true stops the run with a reason. #}

{% macro check_vault_enforcement() -%}
    {%- set value = var('vault_matrix_enforcement') -%}
    {%- if value is not sameas true -%}
        {{ exceptions.raise_compiler_error(
            "vault_matrix_enforcement is " ~ value ~ ", but the vault rule cannot be switched off. "
            "Remove the override."
        ) }}
    {%- endif -%}
{%- endmacro %}
