-- One row per page ('(all)': the agency), caption trait and value of the trait.

with

messages as (

    select * from {{ ref('int_lift_messages') }}

),

texts as (

    select * from {{ ref('int_trait_texts') }}

),

dispersions as (

    select * from {{ ref('int_lift_dispersion') }}

),

captions as (

    select
        page_name,
        caption_key,
        count(*) as message_count,
        sum(purchases) as purchases,
        sum(expected_purchases) as expected_purchases,
        sum(weight * expected_purchases) as poisson_variance

    from messages

    group by page_name, caption_key

),

scoped as (

    select * from captions

    union all

    select
        '(all)' as page_name,
        caption_key,
        message_count,
        purchases,
        expected_purchases,
        poisson_variance

    from captions

),

summed as (

    select
        scoped.page_name,
        texts.trait,
        texts.trait_value,
        sum(scoped.message_count) as message_count,
        count(distinct scoped.caption_key) as caption_count,
        sum(scoped.purchases) as purchases,
        sum(scoped.expected_purchases) as expected_purchases,
        sum(scoped.poisson_variance) as poisson_variance,
        sum(scoped.expected_purchases * scoped.expected_purchases) as expected_square

    from scoped

    inner join texts on scoped.caption_key = texts.caption_key

    group by scoped.page_name, texts.trait, texts.trait_value

),

-- The variance of the sum, as if the lift were 1: what an empty group would be judged by, too.
weighed as (

    select
        summed.page_name,
        summed.trait,
        summed.trait_value,
        cast(summed.message_count as int64) as message_count,
        summed.caption_count,
        summed.purchases,
        summed.expected_purchases,
        {{ safe_ratio('summed.purchases', 'summed.expected_purchases') }} as raw_lift,
        {{ lift_evidence(
            'summed.expected_purchases', 'summed.poisson_variance', 'summed.expected_square',
            'dispersions.dispersion',
        ) }} as evidence

    from summed

    cross join dispersions

),

shrunk as (

    select
        page_name,
        trait,
        trait_value,
        message_count,
        caption_count,
        purchases,
        expected_purchases,
        raw_lift,
        evidence,
        {{ shrunken_lift('raw_lift', 'evidence', var('trait_prior_evidence')) }} as lift,
        {{ shrunken_lift_bound('raw_lift', 'evidence', var('trait_prior_evidence'), -interval_z()) }} as lift_low,
        {{ shrunken_lift_bound('raw_lift', 'evidence', var('trait_prior_evidence'), interval_z()) }} as lift_high

    from weighed

),

judged as (

    select
        page_name,
        trait,
        trait_value,
        message_count,
        caption_count,
        purchases,
        expected_purchases,
        raw_lift,
        evidence,
        lift,
        lift_low,
        lift_high,
        case
            when lift_low > 1 then 'better'
            when lift_high < 1 then 'worse'
            else 'unclear'
        end as verdict

    from shrunk

)

select * from judged
