"""Penalised negative-binomial regression whose penalties are estimated from the data.

Rounds alternate a few scoring steps (glum), the dispersion, the caption effects and the variance
of every random effect. Source of the variance step: Wood and Fasiolo (2017), "A generalized
Fellner-Schall method for smoothing parameter optimization", Biometrics 73, equation 5.
"""

import warnings
from dataclasses import replace

import numpy as np
from glum import GeneralizedLinearRegressor, NegativeBinomialDistribution
from scipy import linalg, sparse
from sklearn.exceptions import ConvergenceWarning

from scheduler.response.captions import CaptionEffects, caption_effects
from scheduler.response.ceiling import CROWDINGS
from scheduler.response.design import TERMS, Layout
from scheduler.response.dispersion import estimate_dispersion, page_dispersion
from scheduler.response.problem import Fitted, Problem, column_penalties
from scheduler.response.rows import FloatArray
from scheduler.response.shapes import crowding_evidence, likely

PRECISION_LIMITS = (0.25, 1e4)
STEPS_PER_ROUND = 2
LAST_STEPS = 3


def _scoring(problem: Problem, penalties: FloatArray, current: Fitted, steps: int) -> FloatArray:
    """A few penalised scoring steps; glum counts weights as shares of their sum.

    glum knows one dispersion; weights make of it each page's own. They, and what the ceiling takes,
    are those at the means of the round before.
    """
    rows, beta = problem.rows, current.coefficients
    log_mean = problem.log_mean(beta, current.captions.others_effect, current.crowding)
    offset = log_mean - beta[0] - problem.columns @ beta[1:]
    mean, own = np.exp(log_mean), current.page_dispersion[rows.page]
    weight = rows.weight * (1.0 + current.dispersion * mean) / (1.0 + own * mean)
    model = GeneralizedLinearRegressor(
        family=NegativeBinomialDistribution(theta=current.dispersion),
        link="log",
        alpha=1.0,
        l1_ratio=0.0,
        P2=penalties / weight.sum(),
        solver="irls-ls",
        max_iter=steps,
        gradient_tol=1e-7,
        start_params=current.coefficients,
        check_input=False,
    )
    with warnings.catch_warnings():
        # Steps are counted on purpose: the next round goes on from here.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(problem.matrix, rows.purchases, sample_weight=weight, offset=offset)
    return np.concatenate([[model.intercept_], model.coef_])


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


def told_captions(problem: Problem, fitted: Fitted) -> CaptionEffects:
    """The captions as the rows tell them at a fit's coefficients."""
    rows, own = problem.rows, fitted.captions.others_effect
    plain = problem.plain_mean(fitted.coefficients, own, fitted.crowding)
    of_page = fitted.page_dispersion[rows.page]
    return caption_effects(rows, plain, of_page, fitted.captions, problem.nameless)


def fit_rounds(problem: Problem, rounds: int, start: Fitted) -> Fitted:
    """Alternate scoring, captions, dispersion and variances; finish with settled variances.

    The round before the last also judges the ceiling, so that the last one is fitted with it.
    """
    rows, layout = problem.rows, problem.layout
    current = start
    for number in range(rounds + 1):
        is_last = number == rounds
        penalties = column_penalties(current.precision, layout)
        steps = LAST_STEPS if is_last else STEPS_PER_ROUND
        coefficients = _scoring(problem, penalties, current, steps)
        captions = told_captions(problem, replace(current, coefficients=coefficients))
        own = captions.others_effect
        mean = np.exp(problem.log_mean(coefficients, own, current.crowding))
        dispersion = estimate_dispersion(rows.purchases, mean, rows.weight)
        by_page = page_dispersion(
            rows.page, rows.purchases, mean, rows.weight, dispersion, layout.pages
        )
        information = rows.weight * mean / (1.0 + by_page[rows.page] * mean)
        covariance = posterior_covariance(problem.columns, information, penalties)
        precision = current.precision
        if not is_last:
            precision = update_precision(precision, coefficients, covariance, layout)
        current = replace(
            current,
            coefficients=coefficients,
            precision=precision,
            dispersion=dispersion,
            page_dispersion=by_page,
            captions=captions,
            covariance=covariance,
        )
        if problem.ceiling is not None and number == rounds - 1:
            crowding = likely(CROWDINGS, crowding_evidence(problem, current))
            current = replace(
                current, crowding=crowding.mean, crowding_deviation=crowding.deviation
            )
    return current
