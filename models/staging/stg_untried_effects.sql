-- What the last training expects of captions that nobody sent. The table holds no other: a training
-- replaces them.

with

source as (

    select * from {{ source('operations', 'untried_effects') }}

),

renamed as (

    select
        training_hash,
        nullif(price_tier, '') as price_tier,
        log_effect,
        as_of,
        trained_at

    from source

)

select * from renamed
