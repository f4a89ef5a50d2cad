"""Mart `price_response`: how a page's revenue follows the price, inside its own range of prices.

One body for pandas (DuckDB, and `scheduler train`) and for BigQuery DataFrames: only what both
know and what needs no order of rows but one it makes. Powers of e, because the local session that
bigframes is tested on has no exp. The file stands alone because BigQuery runs it as a notebook;
`summary` and `interval` are therefore the same text in `saturation.py`.
"""

import numpy as np
import pandas as pd

STEPS = 12
# Log price around the page's centre beyond which a price tells nothing more.
PRICE_SPAN = 1.5
# Log prices around the centre at which demand may bend.
KNOTS = (-0.5, 0.0, 0.5)
TYPES = {
    "page_name": "string[pyarrow]",
    "price": "Float64",
    "revenue_index": "Float64",
    "index_low": "Float64",
    "index_high": "Float64",
    "best_share": "Float64",
    "is_best": "boolean",
    "best_price_low": "Float64",
    "best_price_high": "Float64",
}


def steps():
    """How far the prices lie between the ends of a page's range, in logs: `share`, 0 to 1."""
    return pd.DataFrame({"share": [step / (STEPS - 1) for step in range(STEPS)]})


def price_index(draws, shares):
    """Revenue at each price against the page's central one, and the price where it is highest.

    Args:
        draws: rows of `stg_response_draws`; draw 0 of a page is its estimate.
        shares: as `steps` gives them.

    Returns:
        One row per page and price in whole cents, in no order, with the columns of `TYPES`.
    """
    ends = draws[draws["draw"] == 0][["page_name", "price_low", "price_high"]]
    prices = ends.merge(shares, how="cross")
    bottom, top = np.log(prices["price_low"]), np.log(prices["price_high"])
    cents = np.floor(np.e ** (bottom + (top - bottom) * prices["share"]) * 100.0 + 0.5)
    # Whole numbers: a warehouse groups no fractions. A narrow range has fewer prices than steps.
    prices = prices.assign(cents=cents.astype("Int64"))
    prices = prices.groupby(["page_name", "cents"], as_index=False)[["share"]].min()
    rows = draws.merge(prices[["page_name", "cents"]], on="page_name")
    rows = rows.assign(price=rows["cents"].astype("Float64") / 100.0)
    relative = np.log(rows["price"]) - rows["price_centre"]
    gap = between(relative, -PRICE_SPAN, PRICE_SPAN)
    effect = relative + rows["price_linear"] * gap
    for number, knot in enumerate(KNOTS, start=1):
        above = (gap - knot).where(gap >= knot, 0.0)
        effect = effect + rows[f"price_above_{number}"] * above
    rows = rows.assign(value=np.e**effect)
    found = summary(rows[["page_name", "cents", "draw", "value", "tail"]], "cents")
    found = found.assign(
        price=found["cents"] / 100.0,
        best_price_low=found["best_low"] / 100.0,
        best_price_high=found["best_high"] / 100.0,
    )
    names = {"value": "revenue_index", "low": "index_low", "high": "index_high"}
    return found.rename(columns=names)[list(TYPES)]


def between(values, low, high):
    """The values, those outside moved to the nearer end."""
    return values.where(values >= low, low).where(values <= high, high)


def summary(rows, x):
    """The estimate at each point, its interval, and how surely the point is the page's best.

    Args:
        rows: columns `page_name`, `x`, `draw`, `value` and `tail`, each page with the same points
            in all its draws.
        x: name of the column that says where on the curve; of equal values the smaller is best.
    """
    tails = rows.groupby("page_name", as_index=False)[["tail"]].max()
    rows = rows[["page_name", x, "draw", "value"]]
    top = rows.groupby(["page_name", "draw"], as_index=False)[["value"]].max()
    best = rows.merge(top.rename(columns={"value": "top"}), on=["page_name", "draw"])
    best = best[best["value"] == best["top"]]
    best = best.groupby(["page_name", "draw"], as_index=False)[[x]].min()
    count = best.groupby("page_name", as_index=False)[["draw"]].count()
    count = count.rename(columns={"draw": "draws"}).merge(tails, on="page_name")
    wins = best.groupby(["page_name", x], as_index=False)[["draw"]].count()
    wins = wins.rename(columns={"draw": "wins"})
    page_best = best[best["draw"] == 0][["page_name", x]].rename(columns={x: "best"})
    page_limits = interval(best.merge(count, on="page_name"), ["page_name"], x)
    page_limits = page_limits.rename(columns={"low": "best_low", "high": "best_high"})
    limits = interval(rows.merge(count, on="page_name"), ["page_name", x], "value")
    found = rows[rows["draw"] == 0][["page_name", x, "value"]]
    found = found.merge(limits, on=["page_name", x]).merge(wins, on=["page_name", x], how="left")
    for part in (count[["page_name", "draws"]], page_best, page_limits):
        found = found.merge(part, on="page_name")
    low, high, mid = found["best_low"], found["best_high"], found["best"]
    return found.assign(
        best_share=found["wins"].fillna(0) / found["draws"],
        is_best=found[x] == mid,
        best_low=low.where(low <= mid, mid),
        best_high=high.where(high >= mid, mid),
    )


def interval(rows, keys, column):
    """Columns `low` and `high`: the values that a `tail` of each group's draws reach and exceed.

    Args:
        rows: columns `keys`, `column`, `draws`, the number of rows in each group, and
            `tail`, the share of them left out at either end.
    """
    rows = rows.sort_values([*keys, column])
    below = rows.groupby(keys).cumcount()
    tail = rows["draws"] * rows["tail"]
    tail = tail.where(tail >= 1.0, 1.0)
    low, high = rows[below + 1 <= tail], rows[rows["draws"] - below <= tail]
    low = low.groupby(keys, as_index=False)[[column]].max().rename(columns={column: "low"})
    high = high.groupby(keys, as_index=False)[[column]].min().rename(columns={column: "high"})
    return low.merge(high, on=keys)


def model(dbt, session):
    """The mart: from the draws of the last training; empty before the first."""
    draws, shares = dbt.ref("stg_response_draws"), steps()
    if hasattr(session, "read_pandas"):
        shares = session.read_pandas(shares)
    else:
        draws = draws.df()
    return price_index(draws, shares).astype(TYPES)
