"""How much counts vary around their means: purchases or views, all together and page by page."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from scheduler.response.rows import FloatArray, IntArray, rows_of
from scheduler.response.spec import SPEC


def log_likelihood(
    counts: FloatArray, mean: FloatArray, dispersion: FloatArray | float
) -> FloatArray:
    """Negative-binomial log likelihood of each count, without what depends on the count alone."""
    size = 1.0 / np.asarray(dispersion, dtype=np.float64)
    terms: FloatArray = (
        gammaln(counts + size)
        - gammaln(size)
        + size * np.log(size / (size + mean))
        + counts * np.log(mean / (size + mean))
    )
    return terms


def estimate_dispersion(counts: FloatArray, mean: FloatArray, weight: FloatArray) -> float:
    """Maximum-likelihood dispersion of a negative binomial with known means."""

    def loss(log_dispersion: float) -> float:
        return -float(weight @ log_likelihood(counts, mean, float(np.exp(log_dispersion))))

    bounds = (np.log(SPEC.dispersion_limits[0]), np.log(SPEC.dispersion_limits[1]))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 0.01})
    return float(np.exp(found.x))


def page_dispersion(
    page: IntArray,
    counts: FloatArray,
    mean: FloatArray,
    weight: FloatArray,
    agency: float,
    pages: int,
) -> FloatArray:
    """Dispersion of each page, drawn towards the agency's, (pages,).

    Where means are far below one over the dispersion, counts are all but Poisson whatever it is:
    the information on its logarithm falls with the square of dispersion x mean.
    """
    found: FloatArray = np.full(pages, agency)
    part = agency * mean / (1.0 + agency * mean)
    information = np.bincount(page, 0.5 * weight * part**2, minlength=pages)
    for one, own in rows_of(page).items():
        if information[one] <= 0.0:
            continue
        log_own = np.log(estimate_dispersion(counts[own], mean[own], weight[own]))
        share = information[one] / (information[one] + SPEC.dispersion_prior)
        found[one] = np.exp(share * log_own + (1.0 - share) * np.log(agency))
    return found
