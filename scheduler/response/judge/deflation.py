"""The optimiser's curse: what chosen messages earn per dollar predicted, from history alone.

Whoever picks the messages with the highest predictions picks overestimates too (Smith and Winkler
2006, "The optimizer's curse", Management Science 52). On held-out weeks the messages a page's
optimiser would have liked best show by how much.
"""

import numpy as np

from scheduler.response.rows import FloatArray, IntArray

CHOSEN_SHARE = 0.2
LIMITS = (0.5, 1.0)


def chosen_messages(page: IntArray, per_recipient: FloatArray, share: float) -> np.ndarray:
    """True for the top `share` of each page's messages by predicted earnings per recipient."""
    order = np.lexsort((per_recipient, page))
    count = np.bincount(page)
    rank = np.arange(len(page)) - np.repeat(np.cumsum(count) - count, count)
    cut = np.repeat(count, count) * (1.0 - share)
    chosen = np.zeros(len(page), dtype=bool)
    chosen[order] = rank >= cut
    return chosen


def agency_deflation(
    page: IntArray,
    purchases: FloatArray,
    mean: FloatArray,
    per_recipient: FloatArray,
    dispersion: float,
) -> float:
    """Realised over predicted of chosen messages.

    Both are measured against the same page's other messages, so that a page which as a whole
    rose or fell after the fit does not pass for a curse. One factor for all pages: what a single
    page's chosen messages show is luck more than curse.

    Args:
        page: of each held-out message.
        purchases: what it sold.
        mean: what it was expected to.
        per_recipient: predicted dollars per recipient.
        dispersion: purchases vary as mean + dispersion x mean^2.
    """
    if len(page) == 0:
        return 1.0
    credibility = 1.0 / (1.0 + dispersion * mean)
    bought, expected = credibility * purchases, credibility * mean
    level = (np.bincount(page, bought) + 10.0) / (np.bincount(page, expected) + 10.0)
    top = chosen_messages(page, per_recipient, CHOSEN_SHARE)
    hoped = level[page[top]] @ expected[top]
    return float(np.clip((bought[top].sum() + 10.0) / (hoped + 10.0), *LIMITS))
