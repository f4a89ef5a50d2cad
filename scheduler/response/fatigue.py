"""One page's response to what its earlier messages left."""

from dataclasses import dataclass

import numpy as np

from scheduler.response.rows import FloatArray
from scheduler.response.stats import HOURS_OF_A_WEEK


@dataclass(frozen=True)
class FatigueCurve:
    """One page's fatigue: log effect of one message of stock, by memory; never a gain.

    Pages send more when they sell well, so a fitted gain from more sends is read as none.
    """

    slopes: FloatArray  # (MEMORIES,), 0 or less
    hours: FloatArray  # (MEMORIES,) time constants
    usual: FloatArray  # (MEMORIES,) stock that the page's history shows, decay-weighted mean
    scale: FloatArray  # (MEMORIES,) unit in which the page's stock is counted

    def log_effect(self, stock: FloatArray) -> FloatArray:
        """Log effect of stocks (..., MEMORIES)."""
        effect: FloatArray = np.asarray(stock, dtype=float) @ self.slopes
        return effect

    def bend(self, stock: FloatArray) -> FloatArray:
        """Log effect of stocks (n, MEMORIES) if fatigue levels off, less what the curve says.

        The other form is hyperbolic, a power of 1 / (scale + stock), with the same slope at the
        usual stock. Near it history fits both alike, so it cannot tell which of them holds far off.
        """
        stock = np.asarray(stock, dtype=float)
        centre = self.scale + self.usual
        hyperbolic = centre * np.log((self.scale + stock) / centre)
        gap: FloatArray = (hyperbolic - (stock - self.usual)) @ self.slopes
        return gap

    def steady(self, per_week: FloatArray) -> FloatArray:
        """Stocks that evenly spaced sends find, (N, MEMORIES): the sum of a geometric series."""
        gap = HOURS_OF_A_WEEK / np.asarray(per_week, dtype=float)[:, None]
        stock: FloatArray = 1.0 / np.expm1(gap / self.hours)
        return stock
