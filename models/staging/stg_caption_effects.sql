-- Caption effects of the last training. The table holds no other: a training replaces them.

with

source as (

    select * from {{ source('operations', 'caption_effects') }}

),

renamed as (

    select
        training_hash,
        caption_key,
        log_effect,
        as_of,
        trained_at

    from source

)

select * from renamed
