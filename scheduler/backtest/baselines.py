"""The two models that ours must beat, given the same rows: per-page and pooled boosted trees.

Each takes what a training reads and what is to be predicted, and returns expected purchases.
"""

import numpy as np
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor

from scheduler.response.rows import FloatArray, Labels, Rows
from scheduler.response.stats import PageStats

# Days since a caption's last use where there was none; trees cannot bin a column of NaN alone.
NEVER = 1e3
LEAST_PAGE_ROWS = 30
CAPTION_PRIOR_PURCHASES = 8.0
MOST_CATEGORIES = 250


def seed_like(before: Rows, after: Rows, stats: PageStats, labels: Labels) -> FloatArray:
    """A GradientBoosting per page on hour, weekday, weekend, price and recipients.

    It learns dollars per recipient, weighted by age, with the library's own settings. A page with
    hardly a message gets its own mean, shrunk to the agency's.
    """
    per_recipient = stats.mean_rate[after.page] * after.price * stats.dollar_ratio[after.page]
    for page in np.unique(after.page):
        known, wanted = before.page == page, after.page == page
        if known.sum() < LEAST_PAGE_ROWS:
            continue
        own = before.take(known)
        trees = GradientBoostingRegressor(random_state=0)
        trees.fit(_seed_features(own), own.earnings / own.sent, sample_weight=own.weight)
        per_recipient[wanted] = trees.predict(_seed_features(after.take(wanted)))
    worth = after.price * stats.dollar_ratio[after.page]
    purchases: FloatArray = np.maximum(per_recipient, 0.0) * after.sent / worth
    return purchases


def _seed_features(rows: Rows) -> FloatArray:
    columns = [rows.hour, rows.weekday, rows.weekday >= 6, rows.price, rows.sent]
    table: FloatArray = np.stack(columns, axis=1).astype(np.float64)
    return table


def pooled_trees(before: Rows, after: Rows, stats: PageStats, labels: Labels) -> FloatArray:
    """One HistGradientBoosting for all pages: Poisson purchases per recipient, times the price.

    Beside the message's own features it knows the page, the page's mean rate, and a caption's
    shrunken sales over what its pages' means expect, each message left out of its own.
    """
    count = len(labels.captions)
    expected = before.weight * before.sent * stats.mean_rate[before.page]
    bought = before.weight * before.purchases
    prior = CAPTION_PRIOR_PURCHASES
    all_bought = np.bincount(before.caption, bought, minlength=count) + prior
    all_expected = np.bincount(before.caption, expected, minlength=count) + prior
    own = np.log((all_bought[before.caption] - bought) / (all_expected[before.caption] - expected))
    known = np.log(all_bought / all_expected)[after.caption]
    trees = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=0.06,
        max_iter=200,
        min_samples_leaf=40,
        l2_regularization=5.0,
        early_stopping=False,
        categorical_features=[0, 1] if len(labels.pages) <= MOST_CATEGORIES else None,
        random_state=0,
    )
    trees.fit(
        _pooled_features(before, stats, own),
        before.purchases / before.sent,
        sample_weight=before.weight * before.sent,
    )
    rate: FloatArray = trees.predict(_pooled_features(after, stats, known))
    return np.maximum(rate, 0.0) * after.sent


def _pooled_features(rows: Rows, stats: PageStats, caption: FloatArray) -> FloatArray:
    gap = np.log(rows.price) - stats.log_price[rows.page]
    content = np.minimum(rows.content, MOST_CATEGORIES)
    columns = [
        rows.page, content, rows.hour, rows.weekday, np.log(rows.price), gap,
        np.log(stats.mean_rate[rows.page]), caption, np.nan_to_num(rows.since, nan=NEVER),
    ]  # fmt: skip
    table: FloatArray = np.column_stack([*columns, rows.stock]).astype(np.float64)
    return table
