-- One row per page ('(all)': the agency) and how often its captions had been used before.

with

messages as (

    select * from {{ ref('int_lift_messages') }}

),

dispersions as (

    select * from {{ ref('int_lift_dispersion') }}

),

used as (

    select
        page_name,
        caption_key,
        case
            when use_number > {{ var('fatigue_uses_max') }} then {{ var('fatigue_uses_max') }}
            else use_number
        end as use_number,
        count(*) as message_count,
        sum(purchases) as purchases,
        sum(expected_purchases) as expected_purchases,
        sum(weight * expected_purchases) as poisson_variance

    from messages

    group by
        page_name,
        caption_key,
        case
            when use_number > {{ var('fatigue_uses_max') }} then {{ var('fatigue_uses_max') }}
            else use_number
        end

),

-- The first use of the same captions: good ones are repeated more, so others would be no comparison.
paired as (

    select
        used.page_name,
        used.caption_key,
        used.use_number,
        used.message_count,
        used.purchases,
        used.expected_purchases,
        used.poisson_variance,
        coalesce(first_uses.purchases, 0) as first_purchases,
        coalesce(first_uses.expected_purchases, 0) as first_expected,
        coalesce(first_uses.poisson_variance, 0) as first_variance,
        case when first_uses.caption_key is not null then used.purchases else 0 end as again_purchases,
        case when first_uses.caption_key is not null then used.expected_purchases else 0 end as again_expected,
        case when first_uses.caption_key is not null then used.poisson_variance else 0 end as again_variance,
        case when first_uses.caption_key is not null then 1 else 0 end as is_paired

    from used

    left join used as first_uses
        on
            used.page_name = first_uses.page_name
            and used.caption_key = first_uses.caption_key
            and first_uses.use_number = 1

),

scoped as (

    select
        page_name as scope_name,
        paired.*

    from paired

    union all

    select
        '(all)' as scope_name,
        paired.*

    from paired

),

summed as (

    select
        scope_name as page_name,
        use_number,
        sum(message_count) as message_count,
        count(*) as caption_count,
        sum(is_paired) as paired_caption_count,
        sum(purchases) as purchases,
        sum(expected_purchases) as expected_purchases,
        sum(poisson_variance) as poisson_variance,
        sum(expected_purchases * expected_purchases) as expected_square,
        {{ safe_ratio('sum(first_purchases)', 'sum(first_expected)') }} as first_ratio,
        {{ safe_ratio('sum(again_purchases)', 'sum(again_expected)') }} as again_ratio,
        sum(first_expected) as first_expected,
        sum(again_expected) as again_expected,
        sum(first_variance) as first_variance,
        sum(again_variance) as again_variance,
        sum(first_expected * first_expected) as first_square,
        sum(again_expected * again_expected) as again_square

    from scoped

    group by scope_name, use_number

),

weighed as (

    select
        summed.page_name,
        summed.use_number,
        cast(summed.message_count as int64) as message_count,
        summed.caption_count,
        cast(summed.paired_caption_count as int64) as paired_caption_count,
        summed.purchases,
        summed.expected_purchases,
        {{ safe_ratio('summed.purchases', 'summed.expected_purchases') }} as raw_lift,
        summed.first_ratio,
        summed.again_ratio,
        {{ lift_evidence(
            'summed.expected_purchases', 'summed.poisson_variance', 'summed.expected_square',
            'dispersions.dispersion',
        ) }} as evidence,
        {{ lift_evidence(
            'summed.first_expected', 'summed.first_variance', 'summed.first_square', 'dispersions.dispersion',
        ) }} as first_evidence,
        {{ lift_evidence(
            'summed.again_expected', 'summed.again_variance', 'summed.again_square', 'dispersions.dispersion',
        ) }} as again_evidence

    from summed

    cross join dispersions

),

shrunk as (

    select
        *,
        {{ shrunken_lift('raw_lift', 'evidence', var('trait_prior_evidence')) }} as lift,
        {{ shrunken_lift_bound('raw_lift', 'evidence', var('trait_prior_evidence'), -interval_z()) }} as lift_low,
        {{ shrunken_lift_bound('raw_lift', 'evidence', var('trait_prior_evidence'), interval_z()) }} as lift_high,
        {{ shrunken_lift('first_ratio', 'first_evidence', var('trait_prior_evidence')) }} as first_use_lift,
        {{ shrunken_lift('again_ratio', 'again_evidence', var('trait_prior_evidence')) }}
        / {{ shrunken_lift('first_ratio', 'first_evidence', var('trait_prior_evidence')) }} as retained_share,
        sqrt(
            1 / {{ lift_shape('first_ratio', 'first_evidence', var('trait_prior_evidence')) }}
            + 1 / {{ lift_shape('again_ratio', 'again_evidence', var('trait_prior_evidence')) }}
        ) as retained_log_error

    from weighed

),

-- A first use is its own comparison.
described as (

    select
        page_name,
        use_number,
        message_count,
        caption_count,
        paired_caption_count,
        purchases,
        expected_purchases,
        raw_lift,
        evidence,
        lift,
        lift_low,
        lift_high,
        case when use_number > 1 then first_use_lift end as first_use_lift,
        case when use_number > 1 then retained_share end as retained_share,
        case
            when use_number > 1 then retained_share * exp(-{{ interval_z() }} * retained_log_error)
        end as retained_share_low,
        case
            when use_number > 1 then retained_share * exp({{ interval_z() }} * retained_log_error)
        end as retained_share_high

    from shrunk

)

select * from described
