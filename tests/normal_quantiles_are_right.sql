-- The quantiles behind the intervals, against tables. A row: one that is wrong in the eighth decimal.
with

quantiles as (

    select {{ normal_quantile(0.5) }} as found, 0.0 as known
    union all
    select {{ normal_quantile(0.75) }} as found, 0.674489750 as known
    union all
    select {{ normal_quantile(0.9) }} as found, 1.281551566 as known
    union all
    select {{ normal_quantile(0.995) }} as found, 2.575829304 as known

)

select * from quantiles

where abs(found - known) > 0.00000001
