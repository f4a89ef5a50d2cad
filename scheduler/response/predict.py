"""Predictions of a fitted response for rows in the shape of the training table."""

from dataclasses import dataclass

import numpy as np

from scheduler.response.boost import BoostTables
from scheduler.response.captions import told_by_signs
from scheduler.response.ceiling import bounded_rate
from scheduler.response.design import Layout, bases, first_kind, log_effects, term_index
from scheduler.response.problem import Fitted, Problem
from scheduler.response.rows import FloatArray, Rows
from scheduler.response.shapes import Shape
from scheduler.response.signs import row_signs
from scheduler.response.stats import PageStats

SAMPLE = 30
MOST_VARIANCE = 0.5


@dataclass(frozen=True)
class Response:
    """A fit with all it needs to be read: where columns are and what pages showed."""

    fitted: Fitted
    layout: Layout
    stats: PageStats
    fatigue_hours: tuple[float, ...]
    spread: FloatArray  # (pages + 1,) log of a page's means over exp of their mean logs
    bend: Shape  # of fatigue, that it was fitted with
    seen_bend: Shape  # of fatigue, as its own history tells it: for a later fit
    parts: tuple[Fitted, ...] = ()  # the fits it is made of, where a later one may begin
    boost: BoostTables | None = None

    def block(self, what: str, by: str) -> FloatArray:
        """Coefficients of a term as (groups, width)."""
        return self.layout.block(term_index(what, by), self.fitted.coefficients[1:])

    def untried_variance(self, stat: int, content: int) -> float:
        """Prior variance of a page's own taste for a content that it never sent; 0 for a known one.

        A known one has its column, and what is not known of it stands in the covariance.

        Args:
            stat: of the page, see `PageIndex`.
            content: code.
        """
        if self.layout.pair[stat, content] >= 0:
            return 0.0
        kind = first_kind(term_index("one", "page_content"))
        return 1.0 / float(self.fitted.precision[kind])


def half_variance(problem: Problem, fitted: Fitted, pages: int) -> FloatArray:
    """Half the posterior variance of the log mean, the decay-weighted mean of some messages.

    The mean of exp(x) lies above exp(mean of x) by the factor exp(variance / 2).
    """
    found = np.zeros(pages + 1)
    spread = fitted.covariance
    for page in range(pages):
        own = np.flatnonzero(problem.rows.page == page)
        if len(own) == 0:
            continue
        chosen = own[np.linspace(0, len(own) - 1, min(len(own), SAMPLE)).astype(np.int64)]
        design = np.hstack([np.ones((len(chosen), 1)), problem.columns[chosen].toarray()])
        variance = np.einsum("ij,ij->i", design @ spread, design)
        usual = float(np.average(variance, weights=problem.rows.weight[chosen]))
        found[page] = 0.5 * min(usual, MOST_VARIANCE)
    return found


def linear_predictor(response: Response, rows: Rows) -> FloatArray:
    """Log purchases per recipient of each row, caption included; effects unknown count as zero."""
    fitted, stats, layout = response.fitted, response.stats, response.layout
    captions = fitted.captions
    values = bases(rows, stats, response.bend.mean)
    total = fitted.coefficients[0] + response.spread[rows.page]
    total = total + log_effects(fitted.coefficients[1:], values, rows, stats, layout)
    if response.boost is not None:
        total = total + response.boost.row_effect(rows, stats)
    effect: FloatArray = captions.log_effect[rows.caption]
    is_new = captions.is_new[rows.caption]
    if is_new.any():
        signs = row_signs(rows.take(is_new), captions.signs, stats)
        effect[is_new] = told_by_signs(signs, captions)
    predictor: FloatArray = total + effect
    return predictor


def expected_purchases(response: Response, rows: Rows) -> FloatArray:
    """Expected purchases of each row."""
    stats = response.stats
    rate = np.exp(linear_predictor(response, rows))
    view_rate, mean_rate = stats.view_rate[rows.page], stats.mean_rate[rows.page]
    bounded = bounded_rate(rate, view_rate, mean_rate, response.fitted.crowding)
    mean: FloatArray = rows.sent * bounded
    return mean


def expected_earnings(response: Response, rows: Rows) -> FloatArray:
    """Expected dollars of each row."""
    ratio = response.stats.dollar_ratio[rows.page]
    return expected_purchases(response, rows) * rows.price * ratio
