"""The trend: a straight way through the window, zero now, per 30 days."""

import numpy as np

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term

DAYS = 30.0


def basis(rows: Rows, stats: PageStats) -> FloatArray:
    """(n, 1) months before the newest row, negative."""
    age: FloatArray = np.maximum(rows.days_ago - stats.latest, 0.0)
    return -age[:, None] / DAYS


TREND = Term(
    name="trend",
    meaning="a straight way through the window, zero now",
    basis=basis,
    groups=(Group("pool", 1, 0.3, is_estimated=False), Group("page", 1, 0.15)),
)
