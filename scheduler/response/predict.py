"""Predictions of a fitted response for rows in the shape of the training table."""

from dataclasses import dataclass

import numpy as np

from scheduler.response.boost import BoostTables
from scheduler.response.captions import row_usual_prices
from scheduler.response.design import TERMS, Layout, bases, group_codes
from scheduler.response.fit import Fitted
from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats


@dataclass(frozen=True)
class Response:
    """A fit with all it needs to be read: where columns are and what pages showed."""

    fitted: Fitted
    layout: Layout
    stats: PageStats
    fatigue_extrapolation: float
    boost: BoostTables | None = None

    def block(self, what: str, by: str) -> FloatArray:
        """Coefficients of a term as (groups, width)."""
        for index, term in enumerate(TERMS):
            if term.what == what and term.by == by:
                values = self.fitted.coefficients[1:][self.layout.columns(index)]
                return values.reshape(-1, term.width)
        raise KeyError(f"no term {what} by {by}")


def linear_predictor(response: Response, rows: Rows) -> FloatArray:
    """Log purchases per recipient of each row, caption included; effects unknown count as zero."""
    fitted, stats, layout = response.fitted, response.stats, response.layout
    usual = row_usual_prices(rows, fitted.captions.usual_price, stats.log_price)
    values = bases(rows, stats, usual)
    total = np.full(len(rows), fitted.coefficients[0])
    for term in TERMS:
        codes = group_codes(term, rows, stats, layout)
        block = response.block(term.what, term.by)
        own = np.einsum("nk,nk->n", values[term.what][:, : term.width], block[codes])
        total += np.where(codes >= 0, own, 0.0)
    if response.boost is not None:
        total = total + response.boost.row_effect(rows, stats)
    effect: FloatArray = fitted.captions.log_effect[rows.caption]
    return total + effect


def expected_purchases(response: Response, rows: Rows) -> FloatArray:
    """Expected purchases of each row."""
    return rows.sent * np.exp(linear_predictor(response, rows))


def expected_earnings(response: Response, rows: Rows) -> FloatArray:
    """Expected dollars of each row."""
    ratio = response.stats.dollar_ratio[rows.page]
    return expected_purchases(response, rows) * rows.price * ratio
