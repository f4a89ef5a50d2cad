"""The price, relative to the page's usual one: straight in the log between knots.

What demand does lower down says nothing of what it does higher up: willingness to pay may be
that of one crowd or of two, or end at a wall. With one form for all prices, what dear messages do
not sell would make cheap ones look better than they are.
"""

import numpy as np

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term

KNOTS = (-0.5, 0.0, 0.5)
WIDTH = 1 + len(KNOTS)
SPAN = 1.5  # ln units around the page's centre; beyond it a price tells nothing more


def demand(price: FloatArray, centre: FloatArray | float) -> FloatArray:
    """Log price around the page's centre, and above each knot: (n, WIDTH)."""
    gap = np.clip(np.log(price) - centre, -SPAN, SPAN)
    above = [np.maximum(gap - knot, 0.0) for knot in KNOTS]
    return np.stack([gap, *above], axis=1)


def basis(rows: Rows, stats: PageStats) -> FloatArray:
    """See `demand`."""
    return demand(rows.price, stats.log_price[rows.page])


PRICE = Term(
    name="price",
    meaning="log price over the page's usual one, and above each knot",
    basis=basis,
    groups=(
        Group("pool", WIDTH, 2.0, is_estimated=False),
        Group("page", WIDTH, 0.2, alike=1),
        Group("content", 1, 0.2),
    ),
)
