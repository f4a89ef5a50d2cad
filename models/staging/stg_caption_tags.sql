-- Tags of captions as they were written. A caption is read once by each source.

with

written as (

    select * from {{ source('operations', 'caption_tags') }}

),

renamed as (

    select
        ---------- ids
        caption_key,
        source,
        model,

        ---------- what the text is like
        energy,
        intensity,
        intent,
        language,
        sentiment,
        near_duplicate_group,
        similarity,

        ---------- when it was read
        tagged_at

    from written

)

select * from renamed
