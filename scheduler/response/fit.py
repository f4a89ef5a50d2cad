"""Penalised negative-binomial regression whose penalties are estimated from the data.

Rounds alternate a few scoring steps (glum), the dispersion, the caption effects and the variance
of every random effect. Source of the variance step: Wood and Fasiolo (2017), "A generalized
Fellner-Schall method for smoothing parameter optimization", Biometrics 73, equation 5.
"""

from dataclasses import replace

import numpy as np
from scipy import linalg, sparse

from scheduler.response.ceiling import CROWDINGS
from scheduler.response.design import TERMS, Layout
from scheduler.response.dispersion import estimate_dispersion, page_dispersion
from scheduler.response.problem import Fitted, Problem, column_penalties, told_captions
from scheduler.response.rows import FloatArray
from scheduler.response.scoring import scoring_steps
from scheduler.response.shapes import crowding_evidence, likely

PRECISION_LIMITS = (0.25, 1e4)
STEPS_PER_ROUND = 2
LAST_STEPS = 3


def posterior_covariance(
    matrix: sparse.csc_matrix, information: FloatArray, penalties: FloatArray
) -> FloatArray:
    """Inverse of the penalised information, the intercept first."""
    scaled = matrix.multiply(information[:, None]).tocsc()
    cross = np.asarray(scaled.sum(axis=0)).ravel()
    full = np.empty((len(penalties) + 1, len(penalties) + 1))
    full[0, 0] = information.sum()
    full[0, 1:] = full[1:, 0] = cross
    full[1:, 1:] = (matrix.T @ scaled).toarray()
    full[np.arange(1, len(full)), np.arange(1, len(full))] += penalties
    factor, _ = linalg.lapack.dpotrf(full, lower=1, overwrite_a=1)
    inverse, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(inverse)
    both: FloatArray = lower + np.tril(lower, -1).T
    return both


def update_precision(
    precision: FloatArray, coefficients: FloatArray, covariance: FloatArray, layout: Layout
) -> FloatArray:
    """One Fellner-Schall step for every prior variance that is estimated."""
    kinds, number = layout.kinds(), len(precision)
    count = np.bincount(kinds, minlength=number)
    variances = np.bincount(kinds, np.diag(covariance)[1:], minlength=number)
    size = np.bincount(kinds, coefficients[1:] ** 2, minlength=number)
    freedom = np.maximum(count - precision * variances, 1e-3)
    step = np.clip(freedom / np.maximum(size, 1e-9), *PRECISION_LIMITS)
    free = np.repeat([term.is_estimated for term in TERMS], [term.kinds[-1] + 1 for term in TERMS])
    return np.where(free & (count > 1), step, precision)


def fit_rounds(problem: Problem, rounds: int, start: Fitted, *, judges: bool) -> Fitted:
    """Alternate scoring, captions, dispersion and variances; finish with settled variances.

    The round before the last may also judge the ceiling, so that the last one is fitted with it.

    Args:
        problem: what is fitted.
        rounds: before the last one.
        start: where it begins.
        judges: whether it does; else the ceiling of `start` stands.
    """
    rows, layout = problem.rows, problem.layout
    current = start
    for number in range(rounds + 1):
        is_last = number == rounds
        penalties = column_penalties(current.precision, layout)
        steps = LAST_STEPS if is_last else STEPS_PER_ROUND
        coefficients = scoring_steps(problem, penalties, current, steps)
        captions = told_captions(problem, replace(current, coefficients=coefficients))
        own = captions.others_effect
        mean = np.exp(problem.log_mean(coefficients, own, current.crowding))
        dispersion = estimate_dispersion(rows.purchases, mean, rows.weight)
        by_page = page_dispersion(
            rows.page, rows.purchases, mean, rows.weight, dispersion, layout.pages
        )
        current = replace(
            current,
            coefficients=coefficients,
            dispersion=dispersion,
            page_dispersion=by_page,
            captions=captions,
        )
        information = problem.information(current)
        covariance = posterior_covariance(problem.columns, information, penalties)
        precision = current.precision
        if not is_last:
            precision = update_precision(precision, coefficients, covariance, layout)
        current = replace(current, precision=precision, covariance=covariance)
        if judges and problem.ceiling is not None and number == rounds - 1:
            crowding = likely(CROWDINGS, crowding_evidence(problem, current))
            current = replace(
                current, crowding=crowding.mean, crowding_deviation=crowding.deviation
            )
    return current
