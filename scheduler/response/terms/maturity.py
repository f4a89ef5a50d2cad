"""Maturity: purchases that are still to come in for the newest messages; zero for a prediction."""

import numpy as np

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term

DAYS = (1.0, 3.0)


def basis(rows: Rows, stats: PageStats) -> FloatArray:
    """(n, 2) how new a message is, zero for an old one."""
    del stats
    return np.stack([np.exp(-rows.age / days) for days in DAYS], axis=1)


MATURITY = Term(
    name="maturity",
    meaning="how new a message is: late purchases are still to come",
    basis=basis,
    groups=(Group("pool", len(DAYS), 1.0, is_estimated=False),),
)
