"""Penalised negative-binomial regression whose penalties are estimated from the data.

Rounds alternate a few scoring steps (glum), the dispersion, the caption effects and the variance
of every random effect. Source of the variance step: Wood and Fasiolo (2017), "A generalized
Fellner-Schall method for smoothing parameter optimization", Biometrics 73, equation 5.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import tabmat
from glum import GeneralizedLinearRegressor, NegativeBinomialDistribution
from scipy import linalg, sparse
from sklearn.exceptions import ConvergenceWarning

from scheduler.response.captions import (
    CaptionEffects,
    caption_effects,
    caption_signs,
    no_effects,
    row_signs,
)
from scheduler.response.ceiling import UNKNOWN, Ceiling
from scheduler.response.design import TERMS, Layout, design_matrix
from scheduler.response.dispersion import estimate_dispersion, page_dispersion
from scheduler.response.rows import FloatArray, Rows
from scheduler.response.stats import PageStats

PRECISION_LIMITS = (0.25, 1e4)
STEPS_PER_ROUND = 3
LAST_STEPS = 6


@dataclass(frozen=True)
class Fitted:
    """A fitted response.

    Attributes:
        coefficients: (columns + 1,), the intercept first.
        precision: ridge penalties, one over the prior variance; see `Layout.kinds`.
        dispersion: purchases vary as mean + dispersion x mean^2.
        page_dispersion: (pages,) the same of each page.
        captions: the second stage.
        crowding: how hard the ceiling bites, see `ceiling`.
        crowding_deviation: posterior standard deviation of it.
        covariance: (columns + 1, columns + 1) of the coefficients, posterior.
    """

    coefficients: FloatArray
    precision: FloatArray
    dispersion: float
    page_dispersion: FloatArray
    captions: CaptionEffects
    covariance: FloatArray
    crowding: float
    crowding_deviation: float


@dataclass(frozen=True)
class Problem:
    """What stays the same through all rounds of one fit."""

    rows: Rows
    layout: Layout
    matrix: tabmat.MatrixBase
    columns: sparse.csc_matrix
    exposure: FloatArray
    signs: FloatArray
    sign_noise: float
    nameless: int
    ceiling: Ceiling | None

    def log_mean(self, coefficients: FloatArray, own: FloatArray, crowding: float) -> FloatArray:
        """Log of the expected counts; `own` is the log effect of each row's caption."""
        effects = coefficients[0] + self.columns @ coefficients[1:] + own
        total: FloatArray = self.exposure + effects
        if self.ceiling is not None:
            total = total + self.ceiling.log_share(effects, crowding)
        return total


def column_penalties(precision: FloatArray, layout: Layout) -> FloatArray:
    """The ridge penalty of every column, the intercept left out."""
    penalties: FloatArray = precision[layout.kinds()]
    return penalties


def start_precision() -> FloatArray:
    """Penalties to begin with, one for each prior deviation of each term."""
    return np.repeat(
        [1.0 / term.deviation**2 for term in TERMS], [term.kinds[-1] + 1 for term in TERMS]
    )


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


def make_problem(
    rows: Rows,
    stats: PageStats,
    layout: Layout,
    exposure: FloatArray,
    captions: int,
    nameless: int,
    ceiling: Ceiling | None = None,
) -> Problem:
    """Build the design once; weights count the newest message as one.

    Args:
        rows: n messages; what is counted of each stands in `purchases`.
        stats: of the pages.
        layout: of the columns.
        exposure: (n,) log of what the counts are a share of.
        captions: number of captions.
        nameless: code of the empty caption key; -1 when there is none.
        ceiling: what bounds the counts; None: nothing does.
    """
    rows = replace(rows, weight=rows.weight * (rows.weight.sum() / (rows.weight @ rows.weight)))
    signs, noise = caption_signs(rows, stats, captions)
    if nameless >= 0:
        signs[nameless] = (np.nan, 0.0)
    columns = design_matrix(rows, stats, layout, row_signs(rows, signs, noise, stats, 1))
    matrix = tabmat.from_csc(columns)
    return Problem(rows, layout, matrix, columns, exposure, signs, noise, nameless, ceiling)


def first_guess(problem: Problem) -> Fitted:
    """The agency's mean and the prior everywhere else."""
    rows, width = problem.rows, problem.layout.width
    sold = rows.weight @ rows.purchases + 0.5
    coefficients = np.zeros(width + 1)
    coefficients[0] = np.log(sold / (rows.weight @ np.exp(problem.exposure)))
    captions = no_effects(problem.signs, problem.sign_noise, len(rows))
    by_page = np.ones(problem.layout.pages)
    nothing = np.zeros((0, 0))
    return Fitted(coefficients, start_precision(), 1.0, by_page, captions, nothing, *UNKNOWN)


def fit_rounds(problem: Problem, rounds: int, start: Fitted) -> Fitted:
    """Alternate scoring, captions, dispersion and variances; finish with settled variances."""
    rows, layout = problem.rows, problem.layout
    current = start
    for number in range(rounds + 1):
        is_last = number == rounds
        penalties = column_penalties(current.precision, layout)
        steps = LAST_STEPS if is_last else STEPS_PER_ROUND
        coefficients = _scoring(problem, penalties, current, steps)
        own, crowding = current.captions.others_effect, current.crowding
        plain = np.exp(problem.log_mean(coefficients, own, crowding) - own)
        of_page = current.page_dispersion[rows.page]
        captions = caption_effects(rows, plain, of_page, current.captions, problem.nameless)
        mean = np.exp(problem.log_mean(coefficients, captions.others_effect, crowding))
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
    return current
