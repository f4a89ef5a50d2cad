"""What no coefficient tells, judged by the history: how hard the ceiling bites, how fatigue bends.

Either is one number for the agency, anywhere between two ends before; the likelihood of the history
at a few values, all else moved along, makes of them a mean to predict with and a doubt.
"""

from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.captions import foretold
from scheduler.response.ceiling import CROWDINGS
from scheduler.response.design import fatigue_basis, log_effects
from scheduler.response.dispersion import log_likelihood
from scheduler.response.problem import Fitted, Problem, column_penalties, told_captions
from scheduler.response.rows import FloatArray
from scheduler.response.scoring import scoring_steps

# Straight in the log, hyperbolic, and between; see `basis.felt_stock`.
BENDS = np.array([0.0, 0.5, 1.0])
# How often captions and coefficients are told anew in turn at each crowding.
TURNS, STEPS = 2, 1
ROWS_AT_ONCE = 2_000  # bounds the memory of a large agency


@dataclass(frozen=True)
class Shape:
    """Posterior mean and standard deviation of a number judged on a grid."""

    mean: float
    deviation: float


def likely(grid: FloatArray, log_evidence: FloatArray) -> Shape:
    """The posterior of a number that may lie anywhere between the ends of a grid, all as likely.

    Args:
        grid: values, ascending; each stands for what is nearest to it.
        log_evidence: log likelihood of the history at each, up to a constant.
    """
    borders = np.concatenate([grid[:1], (grid[1:] + grid[:-1]) / 2.0, grid[-1:]])
    share = np.diff(borders) * np.exp(log_evidence - log_evidence.max())
    share = share / share.sum()
    mean = float(share @ grid)
    return Shape(mean, float(np.sqrt(share @ (grid - mean) ** 2)))


UNKNOWN_BEND = likely(BENDS, np.zeros(len(BENDS)))


def _variances(problem: Problem, fitted: Fitted) -> FloatArray:
    """Posterior variance of each message's sum of effects, (n,)."""
    columns, spread = problem.columns.tocsr(), fitted.covariance
    found = np.empty(columns.shape[0])
    for first in range(0, len(found), ROWS_AT_ONCE):
        some = columns[first : first + ROWS_AT_ONCE]
        shared = some @ spread[1:, 1:]
        found[first : first + ROWS_AT_ONCE] = np.asarray(some.multiply(shared).sum(axis=1)).ravel()
    found += 2.0 * (columns @ spread[1:, 0]) + spread[0, 0]
    return found


def crowding_evidence(problem: Problem, fitted: Fitted) -> FloatArray:
    """Log marginal likelihood of the history at each of `CROWDINGS`, up to a constant.

    Captions and coefficients are told anew at each. Each message is foretold by its caption's older
    messages, and what they leave open of the caption stays open: taken for sure, good captions
    would seem held down by a ceiling. Laplace's approximation integrates the coefficients: near the
    ceiling a message tells less of them, so that more of their values will do. Source: Tierney and
    Kadane (1986), "Accurate approximations for posterior moments and marginal densities", Journal
    of the American Statistical Association 81.
    """
    rows, variance = problem.rows, _variances(problem, fitted)
    penalties = column_penalties(fitted.precision, problem.layout)
    of_page, found = fitted.page_dispersion[rows.page], []
    for crowding in CROWDINGS.tolist():
        at = replace(fitted, crowding=crowding)
        for _ in range(TURNS):
            at = replace(at, captions=told_captions(problem, at, keeps_dispersion=True))
            at = replace(at, coefficients=scoring_steps(problem, penalties, at, STEPS))
        at = replace(at, captions=told_captions(problem, at, keeps_dispersion=True))
        means = problem.log_means(at.coefficients, crowding)
        likelihood = foretold(rows, means, of_page, problem.row_signs, at.captions)
        # The logarithm of the determinant of all information, to first order of its change.
        spread = float(problem.information(at) @ variance)
        ridge = float(penalties @ at.coefficients[1:] ** 2)
        found.append(float(rows.weight @ likelihood) - 0.5 * (ridge + spread))
    return np.array(found)


def bend_evidence(problem: Problem, fitted: Fitted) -> FloatArray:
    """Penalised log likelihood of the history at each of `BENDS`, up to a constant.

    The coefficients are moved along by one Newton step, which gains half the gradient times the
    inverse information times the gradient.
    """
    rows, stats, layout = problem.rows, problem.stats, problem.layout
    penalties = column_penalties(fitted.precision, layout)
    weight, beta = rows.weight, fitted.coefficients
    straight, bent = (fatigue_basis(rows, stats, bend) for bend in (0.0, 1.0))
    change = {"fatigue": bent - straight}
    gap = log_effects(beta[1:], change, rows, stats, layout)
    own, dispersion = fitted.captions.others_effect, fitted.page_dispersion[rows.page]
    found = []
    for bend in BENDS.tolist():
        at = beta, own + (bend - problem.bend) * gap, fitted.crowding
        mean = np.exp(problem.log_mean(*at))
        follows = weight * problem.elasticity(*at)
        score = follows * (rows.purchases - mean) / (1.0 + dispersion * mean)
        slope = problem.columns.T @ score - penalties * beta[1:]
        gradient = np.append(score.sum(), slope)
        gain = 0.5 * float(gradient @ fitted.covariance @ gradient)
        likelihood = float(weight @ log_likelihood(rows.purchases, mean, dispersion))
        found.append(likelihood - 0.5 * float(penalties @ beta[1:] ** 2) + gain)
    return np.array(found)
