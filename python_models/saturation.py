"""Mart `saturation`: what a page earns in a week at each volume, by the fitted fatigue response.

One body for pandas (DuckDB, and `scheduler train`) and for BigQuery DataFrames: only what both
know and what needs no order of rows but one it makes. Powers of e, because the local session that
bigframes is tested on has no exp. The file stands alone because BigQuery runs it as a notebook;
`summary` and `interval` are therefore the same text in `price_response.py`.
"""

import numpy as np
import pandas as pd

HOURS_OF_A_WEEK = 168.0
MEMORIES = ("short", "middle", "long")
# A week has 168 hours, and no plan sends more than one message an hour.
VOLUMES = range(2, 169)
TYPES = {
    "page_name": "string[pyarrow]",
    "weekly_volume": "Int64",
    "weekly_revenue": "Float64",
    "revenue_low": "Float64",
    "revenue_high": "Float64",
    "best_share": "Float64",
    "is_best": "boolean",
    "best_volume_low": "Int64",
    "best_volume_high": "Int64",
}


def volumes():
    """The volumes that are looked at, as a pandas frame: `weekly_volume`, messages a week."""
    return pd.DataFrame({"weekly_volume": VOLUMES})


def weekly_revenue(draws, looked_at):
    """Dollars a week at a steady volume, with interval, and the volume where they are highest.

    Evenly spaced sends, v a week, find the stock 1 / (exp(168 / (v * hours)) - 1) that the ones
    before them left, by memory: the sum of a geometric series.

    Args:
        draws: rows of `stg_response_draws`; draw 0 of a page is its estimate.
        looked_at: as `volumes` gives them; a page has those up to its largest.

    Returns:
        One row per page and volume, in no order, with the columns of `TYPES`.
    """
    pages = draws[draws["draw"] == 0][["page_name", "largest_volume"]]
    points = pages.merge(looked_at, how="cross")
    points = points[points["weekly_volume"] <= points["largest_volume"]]
    used = ["page_name", "draw", "typical_revenue", "tail"]
    used += [f"{part}_{memory}" for part in ("fatigue", "hours") for memory in MEMORIES]
    rows = draws[used].merge(points[["page_name", "weekly_volume"]], on="page_name")
    effect = 0.0
    for memory in MEMORIES:
        gap = HOURS_OF_A_WEEK / (rows["weekly_volume"] * rows[f"hours_{memory}"])
        effect = effect + rows[f"fatigue_{memory}"] / (np.e**gap - 1.0)
    value = rows["typical_revenue"] * rows["weekly_volume"] * np.e**effect
    rows = rows.assign(value=value)
    found = summary(rows[["page_name", "weekly_volume", "draw", "value", "tail"]], "weekly_volume")
    names = {
        "value": "weekly_revenue",
        "low": "revenue_low",
        "high": "revenue_high",
        "best_low": "best_volume_low",
        "best_high": "best_volume_high",
    }
    return found.rename(columns=names)[list(TYPES)]


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
    draws, looked_at = dbt.ref("stg_response_draws"), volumes()
    if hasattr(session, "read_pandas"):
        looked_at = session.read_pandas(looked_at)
    else:
        draws = draws.df()
    return weekly_revenue(draws, looked_at).astype(TYPES)
