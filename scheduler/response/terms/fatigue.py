"""Fatigue: what the page's earlier sends left, fading at several speeds."""

from scheduler.response.rows import MEMORIES, FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term


def basis(rows: Rows, stats: PageStats) -> FloatArray:
    """Stocks in the page's own units: (n, MEMORIES)."""
    counted: FloatArray = rows.stock / stats.stock_scale[rows.page]
    return counted


FATIGUE = Term(
    name="fatigue",
    meaning="stocks of earlier sends, by memory, in the page's usual ones",
    basis=basis,
    groups=(
        Group("pool", MEMORIES, 1.0, is_estimated=False),
        Group("page", MEMORIES, 0.1, alike=1),
    ),
)
