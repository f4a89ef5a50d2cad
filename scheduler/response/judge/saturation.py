"""Saturation: however many good things come together, only so many of the viewers buy.

Effects multiply, and many good ones together would sell more often than messages are viewed. How
hard purchases bend below the product is judged on held-out messages: where it does not bend, the
best of them sell what their effects multiply to.
"""

import numpy as np

from scheduler.response.fit.curvature import GridPosterior, on_grid
from scheduler.response.fit.dispersion import log_likelihood
from scheduler.response.judge.skill import Judged
from scheduler.response.rows import FloatArray
from scheduler.response.spec import SPEC

GRID = np.array(SPEC.saturations)


def log_share(
    rate: FloatArray, view_rate: FloatArray, mean_rate: FloatArray, saturation: float
) -> FloatArray:
    """Log of what saturation leaves of a rate; nothing changes at the page's mean rate.

    Args:
        rate: purchases per recipient as the effects multiply.
        view_rate: views per recipient.
        mean_rate: the page's usual purchases per recipient.
        saturation: see `Spec.saturations`.
    """
    ratio: FloatArray = (view_rate + saturation * mean_rate) / (view_rate + saturation * rate)
    return np.log(ratio)


def judged_saturation(judged: Judged, dispersion: float) -> GridPosterior:
    """How hard purchases bend below the product of effects, by the likelihood of held-out messages.

    A page that as a whole rose or fell after the fit does not pass for saturation: each page-week
    has a level of its own, drawn to none.

    Args:
        judged: n held-out messages, their means as effects multiply.
        dispersion: purchases vary as mean + dispersion x mean^2.
    """
    _, cell = np.unique(judged.cell, return_inverse=True)
    found = []
    for saturation in GRID.tolist():
        share = log_share(judged.mean / judged.sent, judged.view_rate, judged.mean_rate, saturation)
        mean = np.maximum(judged.mean, 1e-9) * np.exp(share)
        mean = mean * _levels(judged.purchases, mean, cell, dispersion)
        found.append(float(log_likelihood(judged.purchases, mean, dispersion).sum()))
    return on_grid(GRID, np.array(found))


def _levels(
    purchases: FloatArray, mean: FloatArray, cell: np.ndarray, dispersion: float
) -> FloatArray:
    """Level of each message's page-week, drawn to one."""
    credibility = 1.0 / (1.0 + dispersion * mean)
    bought = np.bincount(cell, credibility * purchases)
    expected = np.bincount(cell, credibility * mean)
    prior = SPEC.saturation_level**-2.0
    level: FloatArray = (bought + prior) / (expected + prior)
    found: FloatArray = level[cell]
    return found
