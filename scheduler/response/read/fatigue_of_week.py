"""One page's response to what its earlier messages left."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from scheduler.response.design import selector
from scheduler.response.read.predict import Response
from scheduler.response.rows import MEMORIES, FloatArray
from scheduler.response.spec import SPEC
from scheduler.response.stats import HOURS_OF_A_WEEK


@dataclass(frozen=True)
class FatigueCurve:
    """One page's fatigue: log effect of one message of stock, by memory; never a gain."""

    slopes: FloatArray  # (MEMORIES,), 0 or less
    hours: FloatArray  # (MEMORIES,) time constants
    usual: FloatArray  # (MEMORIES,) stock that the page's history shows, decay-weighted mean
    scale: FloatArray  # (MEMORIES,) unit in which the page's stock is counted

    def log_effect(self, stock: FloatArray) -> FloatArray:
        """Log effect of stocks (..., MEMORIES)."""
        effect: FloatArray = np.asarray(stock, dtype=float) @ self.slopes
        return effect

    def steady(self, per_week: FloatArray) -> FloatArray:
        """Stocks that evenly spaced sends find, (N, MEMORIES): the sum of a geometric series."""
        gap = HOURS_OF_A_WEEK / np.asarray(per_week, dtype=float)[:, None]
        stock: FloatArray = 1.0 / np.expm1(gap / self.hours)
        return stock


def combined(response: Response, term: str, page: int, width: int) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of a page's coefficients of a term, the pool's and its own together."""
    chosen = selector(response.layout, term, page, width)
    return chosen @ response.fitted.coefficients, response.fitted.covariance(chosen)


def without_gain(coefficients: FloatArray, spread: FloatArray) -> FloatArray:
    """The nearest coefficients of fatigue, by what the fit knows, by which no send is a gain.

    Pages send more when they sell well, so a fitted gain from more sends is read as none. The
    memories tell much the same: where one may not gain, the others tire less. Source: Lawson and
    Hanson (1974), "Solving least squares problems", non-negative least squares.

    Args:
        coefficients: (..., MEMORIES).
        spread: (MEMORIES, MEMORIES) their covariance.
    """
    root = np.linalg.cholesky(np.linalg.inv(spread + SPEC.jitter * np.eye(MEMORIES))).T
    found = coefficients.reshape(-1, MEMORIES).copy()
    for row in np.flatnonzero((found > 0.0).any(axis=1)):
        found[row] = -nnls(root, -(root @ found[row]))[0]
    return found.reshape(coefficients.shape)


def fatigue_slopes(
    response: Response, page: int, coefficients: FloatArray, spread: FloatArray
) -> FloatArray:
    """Log effect of one message of stock, (..., MEMORIES); never a gain, see `without_gain`."""
    slopes: FloatArray = without_gain(coefficients, spread) / response.stats.stock_scale[page]
    return slopes


def curve_of(response: Response, page: int) -> FatigueCurve:
    """The fatigue curve of a page that its weeks are planned with."""
    stats = response.stats
    return FatigueCurve(
        slopes=fatigue_slopes(response, page, *combined(response, "fatigue", page, MEMORIES)),
        hours=np.array(response.fatigue_hours),
        usual=stats.usual_stock[page],
        scale=stats.stock_scale[page],
    )


def gain_read_as_none(response: Response, page: int, curve: FatigueCurve) -> float:
    """Log effect at the page's usual stock that its curve leaves out, and its level has instead.

    What a page sells at its usual volume stays what the fit says.
    """
    mean, _ = combined(response, "fatigue", page, MEMORIES)
    return float((mean / curve.scale - curve.slopes) @ curve.usual)
