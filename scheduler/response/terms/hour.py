"""The local hour, as harmonics: the agency's curve in detail, the page's own smoother."""

import numpy as np

from scheduler.response.rows import FloatArray, IntArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term

HARMONICS = 4


def waves(hour: IntArray) -> FloatArray:
    """Cosines and sines of the local hour, slow ones first: (n, 2 * HARMONICS)."""
    angle = 2.0 * np.pi * np.asarray(hour, dtype=np.float64)[:, None] / 24.0
    wave = np.arange(1, HARMONICS + 1)[None, :]
    pairs = np.stack([np.cos(angle * wave), np.sin(angle * wave)], axis=2)
    return pairs.reshape(len(angle), 2 * HARMONICS)


def basis(rows: Rows, stats: PageStats) -> FloatArray:
    """See `waves`."""
    del stats
    return waves(rows.hour)


HOUR = Term(
    name="hour",
    meaning="local hour of the day, as harmonics",
    basis=basis,
    groups=(
        Group("pool", 2 * HARMONICS, 0.3, alike=2),
        Group("page", 6, 0.1, alike=2),
    ),
)
