"""Boosted trees on what the GLM leaves over, folded back into one table per page and effect.

The trees may find any interaction; what the planner uses of them is their mean effect of hour,
weekday, content and price on each page (partial dependence), so every price still meets the same
curve everywhere in the week.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from scheduler.response.rows import FloatArray, IntArray, Rows
from scheduler.response.stats import PageStats

PRICE_GRID = np.linspace(-1.0, 1.0, 9)
SAMPLE = 40
# Days since a caption's last use where there was none; trees cannot bin a column of NaN alone.
NEVER = 1e3
HOUR, WEEKDAY, CONTENT, PRICE = 0, 1, 2, 3


@dataclass(frozen=True)
class BoostTables:
    """Log effects: hour (P, 24), weekday (P, 8), content (P, C + 1), price (P, grid)."""

    hour: FloatArray
    weekday: FloatArray
    content: FloatArray
    price: FloatArray

    def row_effect(self, rows: Rows, stats: PageStats) -> FloatArray:
        """Their sum for each row."""
        gap = np.log(rows.price) - stats.log_price[rows.page]
        total = self.hour[rows.page, rows.hour] + self.weekday[rows.page, rows.weekday]
        total = total + self.content[rows.page, rows.content]
        for page in np.unique(rows.page):
            own = rows.page == page
            total[own] += np.interp(gap[own], PRICE_GRID, self.price[page])
        return total


def features(rows: Rows, stats: PageStats) -> FloatArray:
    """Known before the send: hour, weekday, content, relative price, page, fatigue, novelty."""
    gap = np.log(rows.price) - stats.log_price[rows.page]
    page = rows.page.astype(np.float64)
    known = [rows.hour, rows.weekday, rows.content, gap, page, np.nan_to_num(rows.since, nan=NEVER)]
    return np.column_stack([*known, rows.stock]).astype(np.float64)


def _tabulate(
    model: HistGradientBoostingRegressor, sample: FloatArray, column: int, values: FloatArray
) -> FloatArray:
    """Mean log factor at each value, other features as in the sample, centred on the sample."""
    stacked = np.repeat(sample[None], len(values), axis=0)
    stacked[:, :, column] = values[:, None]
    factor = model.predict(stacked.reshape(-1, sample.shape[1])).reshape(len(values), -1)
    centre = np.log(np.maximum(model.predict(sample), 1e-3)).mean()
    effect: FloatArray = np.log(np.maximum(factor, 1e-3)).mean(axis=1) - centre
    return effect


def fit_boost(
    rows: Rows, stats: PageStats, mean: FloatArray, dispersion: float, contents: int
) -> BoostTables:
    """Fit purchases over their expectation and tabulate the result for every page."""
    model = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=0.05,
        max_iter=80,
        max_leaf_nodes=8,
        min_samples_leaf=100,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=0,
    )
    table = features(rows, stats)
    weight = rows.weight * mean / (1.0 + dispersion * mean)
    model.fit(table, rows.purchases / mean, sample_weight=weight)
    pages = stats.unknown + 1
    hour, weekday = np.zeros((pages, 24)), np.zeros((pages, 8))
    content, price = np.zeros((pages, contents + 1)), np.zeros((pages, len(PRICE_GRID)))
    for page in range(pages - 1):
        sample = table[_spread(np.flatnonzero(rows.page == page))]
        if len(sample) == 0:
            continue
        hour[page] = _tabulate(model, sample, HOUR, np.arange(24.0))
        weekday[page, 1:] = _tabulate(model, sample, WEEKDAY, np.arange(1.0, 8.0))
        content[page, :-1] = _tabulate(model, sample, CONTENT, np.arange(float(contents)))
        price[page] = _tabulate(model, sample, PRICE, PRICE_GRID)
    return BoostTables(hour, weekday, content, price)


def _spread(index: IntArray) -> IntArray:
    """At most SAMPLE of the positions, evenly spread."""
    if len(index) <= SAMPLE:
        return index
    return index[np.linspace(0, len(index) - 1, SAMPLE).astype(np.int64)]
