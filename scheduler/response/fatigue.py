"""One page's response to what its earlier messages left."""

from dataclasses import dataclass

import numpy as np

from scheduler.response.basis import felt_stock
from scheduler.response.rows import FloatArray
from scheduler.response.stats import HOURS_OF_A_WEEK


@dataclass(frozen=True)
class FatigueCurve:
    """One page's fatigue: log effect of one message of stock, by memory; never a gain."""

    slopes: FloatArray  # (MEMORIES,), 0 or less, at the usual stock
    hours: FloatArray  # (MEMORIES,) time constants
    usual: FloatArray  # (MEMORIES,) stock that the page's history shows, decay-weighted mean
    scale: FloatArray  # (MEMORIES,) unit in which the page's stock is counted
    bend: float  # see `basis.felt_stock`
    bend_deviation: float

    def felt(self, stock: FloatArray) -> FloatArray:
        """Stocks (..., MEMORIES) as subscribers mind them."""
        return felt_stock(np.asarray(stock, dtype=float), self.usual, self.scale, self.bend)

    def log_effect(self, stock: FloatArray) -> FloatArray:
        """Log effect of stocks (..., MEMORIES)."""
        effect: FloatArray = self.felt(stock) @ self.slopes
        return effect

    def bend_doubt(self, stock: FloatArray) -> FloatArray:
        """Log effect of stocks (n, MEMORIES) if fatigue bends one standard deviation more."""
        stock = np.asarray(stock, dtype=float)
        most = felt_stock(stock, self.usual, self.scale, 1.0)
        gap: FloatArray = self.bend_deviation * (most - stock) @ self.slopes
        return gap

    def steady(self, per_week: FloatArray) -> FloatArray:
        """Stocks that evenly spaced sends find, (N, MEMORIES): the sum of a geometric series."""
        gap = HOURS_OF_A_WEEK / np.asarray(per_week, dtype=float)[:, None]
        stock: FloatArray = 1.0 / np.expm1(gap / self.hours)
        return stock
