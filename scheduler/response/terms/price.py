"""The price, relative to the page's usual one.

Log price and what curves demand make together an elasticity of a part that is constant and a part
that grows with the price (Marshall's second law): demand of constant elasticity, exponential
demand, and what lies between. With the square of the log price instead, cheap offers would come out
inelastic.
"""

import numpy as np

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term

SPAN = 1.5  # ln units around the page's centre; beyond it a price tells nothing more


def demand(price: FloatArray, centre: FloatArray | float) -> FloatArray:
    """Log price around the page's centre, and its curvature: (n, 2)."""
    gap = np.clip(np.log(price) - centre, -SPAN, SPAN)
    return np.stack([gap, np.expm1(gap) - gap], axis=1)


def basis(rows: Rows, stats: PageStats, curvature: float) -> FloatArray:
    """See `demand`."""
    del curvature
    return demand(rows.price, stats.log_price[rows.page])


PRICE = Term(
    name="price",
    meaning="log price over the page's usual one, and its curvature",
    basis=basis,
    groups=(
        Group("pool", 2, 2.0, is_estimated=False),
        Group("page", 2, 0.2, alike=1),
        Group("content", 1, 0.2),
    ),
)
