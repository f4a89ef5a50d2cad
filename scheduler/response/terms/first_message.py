"""The first message of a caption, which nobody has seen sell.

Sellers try the best they have first, so what is left to try late in a history sells worse than
what was tried early, and what they send again better than both.
"""

import numpy as np

from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats
from scheduler.response.terms.term import Group, Term


def basis(rows: Rows, stats: PageStats) -> FloatArray:
    """(n, 1) one for a first message, else zero."""
    del stats
    is_first: FloatArray = (rows.caption_sends == 0.0).astype(np.float64)
    return is_first[:, None]


FIRST_MESSAGE = Term(
    name="first message",
    meaning="one for the first message of a caption anywhere",
    basis=basis,
    groups=(Group("pool", 1, 0.1, is_estimated=False),),
)
