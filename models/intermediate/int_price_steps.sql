-- One row per page and stretch between two prices of its curve; the last stretch has no end. A view: the curve is
-- that of the latest training.

{{ config(materialized='view') }}

with

points as (

    select * from {{ ref('stg_response_curves') }}

    where curve = 'price'

),

stretched as (

    select
        page_name,
        x_value as from_price,
        estimate as from_index,
        lead(x_value) over (partition by page_name order by x_value) as to_price,
        lead(estimate) over (partition by page_name order by x_value) as to_index,
        row_number() over (partition by page_name order by x_value) as step_number

    from points

)

select * from stretched
