-- One row per row of the bank that no filter refuses for every page, with its place among them. The
-- effect of the last training decides, the very figure that weeks are planned with; before the first
-- training the lift does.

{{ config(tags=['candidates']) }}

with

captions as (

    select
        caption_id,
        caption_key,
        price_tier,
        caption_lift,
        overall_performance_score

    from {{ ref('int_caption_bank') }}

    where refused_by is null

),

effects as (

    select * from {{ ref('stg_caption_effects') }}

),

untried as (

    select * from {{ ref('stg_untried_effects') }}

),

trainings as (

    select count(*) as effect_count from effects

),

-- A caption that the training does not know sells what those of its price tier do that nobody chose yet.
judged as (

    select
        captions.*,
        case
            when trainings.effect_count > 0 then coalesce(effects.log_effect, untried.log_effect, 0)
            else ln(captions.caption_lift)
        end as log_effect

    from captions

    cross join trainings

    left join effects on captions.caption_key = effects.caption_key

    left join untried on coalesce(captions.price_tier, '') = coalesce(untried.price_tier, '')

),

ranked as (

    select
        caption_id,
        row_number() over (
            order by log_effect desc, overall_performance_score desc nulls last, caption_key, caption_id
        ) as bank_rank

    from judged

)

select * from ranked
