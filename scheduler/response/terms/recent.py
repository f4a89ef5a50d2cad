"""The last month's own change of level: what it changed fades into what was before."""

import numpy as np

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term

DAYS = 30.0


def basis(rows: Rows, stats: PageStats, curvature: float) -> FloatArray:
    """(n, 1) zero now, -1 long ago."""
    del curvature
    age = np.maximum(rows.days_ago - stats.latest, 0.0)
    found: FloatArray = np.expm1(-age / DAYS)[:, None]
    return found


RECENT = Term(
    name="recent",
    meaning="what the last month changed, zero now",
    basis=basis,
    groups=(Group("pool", 1, 0.15, is_estimated=False), Group("page", 1, 0.15)),
)
