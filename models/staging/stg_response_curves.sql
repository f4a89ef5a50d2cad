-- Points of the curves of the latest training. Among trainings of one moment the hash decides.

with

source as (

    select * from {{ source('operations', 'response_curves') }}

),

latest as (

    select training_hash

    from source

    order by trained_at desc, training_hash desc

    limit 1

),

current_training as (

    select
        source.training_hash,
        source.page_name,
        source.curve,
        source.x,
        source.x_value,
        source.estimate,
        source.low,
        source.high,
        source.best_share,
        source.as_of,
        source.trained_at

    from source

    inner join latest
        on source.training_hash = latest.training_hash

)

select * from current_training
