"""How fatigue curves: one number for the agency that no coefficient tells, judged by the history.

It may lie anywhere between straight and hyperbolic; the likelihood of the history at a few values,
all else moved along, makes of it a mean to predict with and a deviation.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.response.design import Coefficients, Design, make_design
from scheduler.response.fit.dispersion import log_likelihood
from scheduler.response.fit.normal import gradient
from scheduler.response.fit.problem import Fitted, Problem
from scheduler.response.rows import FloatArray
from scheduler.response.spec import SPEC

GRID = np.array(SPEC.curvatures)


@dataclass(frozen=True)
class GridPosterior:
    """Posterior mean and standard deviation of a number judged on a grid."""

    mean: float
    deviation: float


def on_grid(grid: FloatArray, log_evidence: FloatArray) -> GridPosterior:
    """The posterior of a number that may lie anywhere between the ends of a grid, all as likely.

    Args:
        grid: values, ascending; each stands for what is nearest to it.
        log_evidence: log likelihood of the history at each, up to a constant.
    """
    borders = np.concatenate([grid[:1], (grid[1:] + grid[:-1]) / 2.0, grid[-1:]])
    share = np.diff(borders) * np.exp(log_evidence - log_evidence.max())
    share = share / share.sum()
    mean = float(share @ grid)
    return GridPosterior(mean, float(np.sqrt(share @ (grid - mean) ** 2)))


UNKNOWN = on_grid(GRID, np.zeros(len(GRID)))


def evidence(problem: Problem, fitted: Fitted) -> FloatArray:
    """Penalised log likelihood of the history at each of `GRID`, up to a constant.

    The coefficients are moved along by one Newton step, which gains half the gradient times the
    inverse information times the gradient.
    """
    rows, layout, beta = problem.rows, problem.layout, fitted.coefficients
    penalties = problem.penalties(fitted.precision)
    straight, curved = (
        make_design(rows, problem.stats, layout, curvature, only="fatigue")
        for curvature in (GRID[0], GRID[-1])
    )
    change = Design(curved.shared - straight.shared, curved.own - straight.own, straight.page)
    gap = change @ beta
    own, dispersion = fitted.captions.others_effect, fitted.page_dispersion[rows.page]
    found = []
    for curvature in GRID.tolist():
        mean = np.exp(problem.log_mean(beta, own + (curvature - problem.curvature) * gap))
        score = rows.weight * (rows.purchases - mean) / (1.0 + dispersion * mean)
        slope = gradient(problem.design, score, layout.pages)
        slope = Coefficients(
            slope.shared - penalties.shared * beta.shared, slope.own - penalties.own * beta.own
        )
        gain = 0.5 * fitted.posteriors[0].quadratic(slope)
        likelihood = float(rows.weight @ log_likelihood(rows.purchases, mean, dispersion))
        found.append(likelihood - 0.5 * penalties.ridge(beta) + gain)
    return np.array(found)
