-- One row per active page and caption_id that it may be given, with its rank in its class.

{{ config(materialized='view') }}

with

captions as (

    select * from {{ ref('int_caption_bank') }}

    where refused_by is null and not is_banned

),

ranks as (

    select * from {{ ref('int_caption_ranks') }}

),

vault as (

    select * from {{ ref('int_caption_vault') }}

),

exclusions as (

    select * from {{ ref('int_caption_exclusions') }}

),

class_ranked as (

    select
        captions.caption_id,
        captions.required_types,
        captions.content_category_key,
        captions.energy,
        ranks.bank_rank,
        row_number() over (
            partition by captions.required_types, captions.content_category_key, captions.energy
            order by ranks.bank_rank
        ) as class_rank

    from captions

    inner join ranks on captions.caption_id = ranks.caption_id

),

classes as (

    select distinct
        required_types,
        content_category_key,
        energy

    from class_ranked

),

class_refusals as (

    select
        exclusions.page_name,
        class_ranked.required_types,
        class_ranked.content_category_key,
        class_ranked.energy,
        count(*) as refused_rows

    from exclusions

    inner join class_ranked on exclusions.caption_id = class_ranked.caption_id

    group by
        exclusions.page_name, class_ranked.required_types, class_ranked.content_category_key,
        class_ranked.energy

),

-- A page's best of a class are among as many of the bank's best more as the page refuses of it. Pages
-- times captions, which no engine likes to sort, never come together.
page_classes as (

    select
        vault.page_name,
        classes.required_types,
        classes.content_category_key,
        classes.energy,
        {{ var('candidates_per_class') }} + coalesce(class_refusals.refused_rows, 0) as rank_max

    from vault

    inner join classes on vault.required_types = classes.required_types

    left join class_refusals
        on
            vault.page_name = class_refusals.page_name
            and classes.required_types = class_refusals.required_types
            and classes.content_category_key = class_refusals.content_category_key
            and classes.energy = class_refusals.energy

),

page_ranked as (

    select
        page_classes.page_name,
        class_ranked.caption_id,
        row_number() over (
            partition by
                page_classes.page_name, class_ranked.content_category_key, class_ranked.energy
            order by class_ranked.bank_rank
        ) as candidate_rank

    from page_classes

    inner join class_ranked
        on
            page_classes.required_types = class_ranked.required_types
            and page_classes.content_category_key = class_ranked.content_category_key
            and page_classes.energy = class_ranked.energy
            and page_classes.rank_max >= class_ranked.class_rank

    left join exclusions
        on
            page_classes.page_name = exclusions.page_name
            and class_ranked.caption_id = exclusions.caption_id

    where exclusions.caption_id is null

),

best_of_class as (

    select * from page_ranked

    where candidate_rank <= {{ var('candidates_per_class') }}

)

select * from best_of_class
