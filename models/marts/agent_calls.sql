-- One row per call of an agent. A view: what a run spent is seen as soon as it is written.

{{ config(materialized='view') }}

with

calls as (

    select * from {{ source('operations', 'agent_calls') }}

),

totalled as (

    select
        ---------- ids
        run_id,
        page_name,
        role,
        model,

        ---------- what came of it
        outcome,
        input_tokens,
        output_tokens,
        cache_write_tokens,
        cache_read_tokens,
        input_tokens + output_tokens + cache_write_tokens + cache_read_tokens as tokens,
        dollars,
        seconds,
        sentences_dropped,
        ids_dropped,

        ---------- where it is found again
        batch_id,
        reply_key,
        called_at

    from calls

)

select * from totalled
