"""What no coefficient tells, judged by the history: how hard the ceiling bites, how fatigue bends.

Either is one number for the agency. Each of a few values is as likely before; the likelihood of
the history at it, the coefficients moved along, makes of them a mean to predict with and a doubt.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.response.captions import others_effect
from scheduler.response.ceiling import CROWDINGS
from scheduler.response.design import fatigue_basis, log_effects
from scheduler.response.dispersion import log_likelihood
from scheduler.response.problem import Fitted, Problem, column_penalties
from scheduler.response.rows import FloatArray

# Straight in the log, hyperbolic, and between; see `basis.felt_stock`.
BENDS = np.array([0.0, 0.5, 1.0])


@dataclass(frozen=True)
class Shape:
    """Posterior mean and standard deviation of a number judged on a grid."""

    mean: float
    deviation: float


def likely(grid: FloatArray, log_evidence: FloatArray) -> Shape:
    """The posterior over a grid whose values are all as likely before.

    Args:
        grid: values.
        log_evidence: log likelihood of the history at each, up to a constant.
    """
    share = np.exp(log_evidence - log_evidence.max())
    share = share / share.sum()
    mean = float(share @ grid)
    return Shape(mean, float(np.sqrt(share @ (grid - mean) ** 2)))


UNKNOWN_BEND = likely(BENDS, np.zeros(len(BENDS)))


def _profile(problem: Problem, fitted: Fitted, own: FloatArray, crowding: float) -> float:
    """Penalised log likelihood at changed effects, the coefficients moved by one Newton step.

    The step gains half the gradient times the inverse information times the gradient.
    """
    rows, penalties = problem.rows, column_penalties(fitted.precision, problem.layout)
    beta, dispersion = fitted.coefficients, fitted.page_dispersion[rows.page]
    mean = np.exp(problem.log_mean(beta, own, crowding))
    score = rows.weight * (rows.purchases - mean) / (1.0 + dispersion * mean)
    slope = problem.columns.T @ score - penalties * beta[1:]
    gradient = np.append(score.sum(), slope)
    gain = 0.5 * float(gradient @ fitted.covariance @ gradient)
    likelihood = float(rows.weight @ log_likelihood(rows.purchases, mean, dispersion))
    return likelihood - 0.5 * float(penalties @ beta[1:] ** 2) + gain


def crowding_evidence(problem: Problem, fitted: Fitted) -> FloatArray:
    """Log likelihood of the history at each of `CROWDINGS`, up to a constant.

    Judged is what predictions use, the effects of captions as their other messages tell them, anew
    for each crowding. What is not known of a caption costs most near the ceiling, so the crowding
    that makes predictions come true lies above the truth's.
    """
    rows, captions = problem.rows, fitted.captions
    dispersion, found = fitted.page_dispersion[rows.page], []
    for crowding in CROWDINGS.tolist():
        plain = problem.plain_mean(fitted.coefficients, captions.others_effect, crowding)
        own = others_effect(rows, plain, dispersion, captions, problem.nameless)
        found.append(_profile(problem, fitted, own, crowding))
    return np.array(found)


def bend_evidence(problem: Problem, fitted: Fitted) -> FloatArray:
    """Log likelihood of the history at each of `BENDS`, up to a constant."""
    rows, stats, layout = problem.rows, problem.stats, problem.layout
    straight, bent = (fatigue_basis(rows, stats, bend) for bend in (0.0, 1.0))
    change = {"fatigue": bent - straight}
    gap = log_effects(fitted.coefficients[1:], change, rows, stats, layout)
    own = fitted.captions.others_effect
    found = [
        _profile(problem, fitted, own + (bend - problem.bend) * gap, fitted.crowding)
        for bend in BENDS.tolist()
    ]
    return np.array(found)
