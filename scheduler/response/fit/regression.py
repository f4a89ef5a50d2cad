"""Penalised negative-binomial regression whose penalties are estimated from the data.

Rounds alternate a few scoring steps, the dispersion, the caption effects and the variance of every
random effect. Source of the variance step: Wood and Fasiolo (2017), "A generalized Fellner-Schall
method for smoothing parameter optimization", Biometrics 73, equation 5.
"""

from dataclasses import replace

import numpy as np

from scheduler.response.design import Coefficients, Layout
from scheduler.response.fit.dispersion import (
    estimate_dispersion,
    log_likelihood,
    page_dispersion,
)
from scheduler.response.fit.normal import Penalties, Posterior, gradient, posterior
from scheduler.response.fit.problem import Fitted, Problem, conditional_captions
from scheduler.response.rows import FloatArray
from scheduler.response.spec import SPEC


def log_posterior(
    problem: Problem, penalties: Penalties, current: Fitted, at: Coefficients
) -> float:
    """Penalised log likelihood of coefficients, up to a constant."""
    rows = problem.rows
    mean = np.exp(problem.log_mean(at, current.captions.others_effect))
    own = current.page_dispersion[rows.page]
    likelihood = float(rows.weight @ log_likelihood(rows.purchases, mean, own))
    return likelihood - 0.5 * penalties.ridge(at)


def newton_direction(
    problem: Problem, penalties: Penalties, current: Fitted
) -> tuple[Coefficients, Posterior]:
    """Fisher scoring's next move, and the covariance that it comes from."""
    rows, at = problem.rows, current.coefficients
    mean = np.exp(problem.log_mean(at, current.captions.others_effect))
    spread = rows.weight / (1.0 + current.page_dispersion[rows.page] * mean)
    score = gradient(problem.design, spread * (rows.purchases - mean), problem.layout.pages)
    slope = Coefficients(
        score.shared - penalties.shared * at.shared, score.own - penalties.own * at.own
    )
    found = posterior(problem.design, spread * mean, penalties, problem.layout.pages)
    return found.times(slope), found


def scoring_steps(problem: Problem, penalties: Penalties, current: Fitted, steps: int) -> Fitted:
    """A few penalised scoring steps, each halved until the posterior does not fall."""
    value = log_posterior(problem, penalties, current, current.coefficients)
    for _ in range(steps):
        start, (move, _) = current.coefficients, newton_direction(problem, penalties, current)
        for halving in range(SPEC.halvings):
            share = 0.5**halving
            at = Coefficients(start.shared + share * move.shared, start.own + share * move.own)
            reached = log_posterior(problem, penalties, current, at)
            if reached >= value:
                current, value = replace(current, coefficients=at), reached
                break
    return current


def update_precision(
    precision: FloatArray, coefficients: Coefficients, found: Posterior, layout: Layout
) -> FloatArray:
    """One Fellner-Schall step for every prior variance that is estimated."""
    number, pages = len(precision), layout.pages
    shared, own = (layout.kinds(is_own=is_own) for is_own in (False, True))
    of_shared, of_own = found.diagonals()
    count = np.bincount(shared, minlength=number) + pages * np.bincount(own, minlength=number)
    variances = np.bincount(shared, of_shared, number)
    variances = variances + np.bincount(own, of_own.sum(axis=0), number)
    size = np.bincount(shared, coefficients.shared**2, number)
    size = size + np.bincount(own, (coefficients.own[:-1] ** 2).sum(axis=0), number)
    freedom = np.maximum(count - precision * variances, 1e-3)
    step = np.clip(freedom / np.maximum(size, 1e-9), *SPEC.precision_limits)
    return np.where(layout.is_estimated & (count > 1), step, precision)


def fit_rounds(problem: Problem, rounds: int, start: Fitted) -> Fitted:
    """Alternate scoring, captions, dispersion and variances; finish with settled variances.

    Args:
        problem: what is fitted.
        rounds: before the last one.
        start: where it begins.
    """
    rows, layout, current = problem.rows, problem.layout, start
    for number in range(rounds + 1):
        is_last = number == rounds
        penalties = problem.penalties(current.precision)
        steps = SPEC.last_steps if is_last else SPEC.steps
        current = scoring_steps(problem, penalties, current, steps)
        current = replace(current, captions=conditional_captions(problem, current))
        mean = np.exp(problem.log_mean(current.coefficients, current.captions.others_effect))
        dispersion = estimate_dispersion(rows.purchases, mean, rows.weight)
        by_page: FloatArray = np.full(layout.pages, dispersion)
        if problem.has_page_dispersion:
            by_page = page_dispersion(
                rows.page, rows.purchases, mean, rows.weight, dispersion, layout.pages
            )
        current = replace(current, dispersion=dispersion, page_dispersion=by_page)
        information = problem.information(current)
        found = posterior(problem.design, information, penalties, layout.pages)
        current = replace(current, posteriors=(found,))
        if not is_last:
            precision = update_precision(current.precision, current.coefficients, found, layout)
            current = replace(current, precision=precision)
    return current
