"""Novelty: what a caption loses on a page that has sent it before, and how that passes."""

import numpy as np

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term

DAYS = (5.0, 30.0)


def worn(since: FloatArray) -> FloatArray:
    """Zero when the page never sent the caption; else a lasting part and fading ones: (n, 3)."""
    known = ~np.isnan(since)
    days = np.where(known, since, 0.0)
    fading = [np.where(known, np.exp(-days / scale), 0.0) for scale in DAYS]
    return np.stack([known.astype(np.float64), *fading], axis=1)


def basis(rows: Rows, stats: PageStats) -> FloatArray:
    """See `worn`."""
    del stats
    return worn(rows.since)


NOVELTY = Term(
    name="novelty",
    meaning="days since the page last sent the caption",
    basis=basis,
    groups=(Group("pool", 1 + len(DAYS), 0.5, is_estimated=False),),
)
