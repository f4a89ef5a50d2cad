"""Fatigue: what the page's earlier sends left, fading at several speeds."""

import numpy as np

from scheduler.response.rows import MEMORIES, FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term

LEAST = 0.25  # of a page's scale, added to its stock where fatigue is hyperbolic


def felt_stock(
    stock: FloatArray, usual: FloatArray, scale: FloatArray, curvature: float
) -> FloatArray:
    """What earlier sends left, as subscribers mind it: (..., MEMORIES).

    Without curvature each message of stock weighs the same, and fatigue is straight in the log.
    Fully curved it is hyperbolic, a power of 1 / (a quarter of the scale + stock), which promises
    more relief at volumes below the usual ones. Both have the same slope at the usual stock.

    Args:
        stock: (..., MEMORIES).
        usual: stock that the page's history shows.
        scale: unit in which the page's stock is counted.
        curvature: 0 straight, 1 hyperbolic.
    """
    centre = LEAST * scale + usual
    level = usual + centre * np.log((LEAST * scale + stock) / centre)
    felt: FloatArray = stock + curvature * (level - stock)
    return felt


def basis(rows: Rows, stats: PageStats, curvature: float) -> FloatArray:
    """`felt_stock` in the page's own units: (n, MEMORIES)."""
    usual, scale = stats.usual_stock[rows.page], stats.stock_scale[rows.page]
    felt: FloatArray = felt_stock(rows.stock, usual, scale, curvature) / scale
    return felt


FATIGUE = Term(
    name="fatigue",
    meaning="stocks of earlier sends, by memory, in the page's usual ones",
    basis=basis,
    groups=(
        Group("pool", MEMORIES, 1.0, is_estimated=False),
        Group("page", MEMORIES, 0.1, alike=1),
    ),
)
