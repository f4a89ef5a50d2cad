"""A fitted response and its predictions for messages in the shape of the training table."""

from dataclasses import dataclass

import numpy as np

from scheduler.response.design import Design, Layout, make_design
from scheduler.response.fit.captions import untried_effect
from scheduler.response.fit.covariates import row_covariates
from scheduler.response.fit.problem import Fitted
from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats


@dataclass(frozen=True)
class Response:
    """A fit with all it needs to be read: where columns are and what pages showed."""

    fitted: Fitted
    layout: Layout
    stats: PageStats
    fatigue_hours: tuple[float, ...]
    spread: FloatArray  # (pages + 1,) log of a page's means over exp of their mean logs
    parts: tuple[Fitted, ...] = ()  # the fits it is made of, where a later one may begin

    def design(self, rows: Rows, only: str | None = None) -> Design:
        """The design of any messages."""
        return make_design(rows, self.stats, self.layout, only)

    def block(self, term: str, by: str, page: int = -1) -> FloatArray:
        """Coefficients of a term's group as (groups, width)."""
        return self.fitted.coefficients.block(self.layout, term, by, page)


def linear_predictor(response: Response, rows: Rows) -> FloatArray:
    """Log purchases per recipient of each row, caption included; effects unknown count as zero."""
    captions = response.fitted.captions
    total = response.design(rows) @ response.fitted.coefficients + response.spread[rows.page]
    effect: FloatArray = captions.log_effect[rows.caption]
    is_new = captions.is_new[rows.caption]
    if is_new.any():
        known = row_covariates(rows.take(is_new), captions.covariates, response.stats)
        effect[is_new] = untried_effect(known, captions)
    return total + effect


def expected_purchases(response: Response, rows: Rows) -> FloatArray:
    """Expected purchases of each row, no more than the page's usual views."""
    rate = np.exp(linear_predictor(response, rows))
    stats, page = response.stats, rows.page
    most = np.maximum(stats.view_rate[page], stats.mean_rate[page])
    return np.asarray(rows.sent * np.minimum(rate, most))


def expected_earnings(response: Response, rows: Rows) -> FloatArray:
    """Expected dollars of each row."""
    ratio = response.stats.dollar_ratio[rows.page]
    return expected_purchases(response, rows) * rows.price * ratio
