"""Penalised scoring steps of the negative-binomial regression, by glum."""

import warnings

import numpy as np
from glum import GeneralizedLinearRegressor, NegativeBinomialDistribution
from scipy.linalg import LinAlgWarning
from sklearn.exceptions import ConvergenceWarning

from scheduler.response.problem import Fitted, Problem
from scheduler.response.rows import FloatArray


def scoring_steps(
    problem: Problem, penalties: FloatArray, current: Fitted, steps: int
) -> FloatArray:
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
        # SciPy's estimate; what is penalised here has a condition number of 10^5 where it warned.
        warnings.simplefilter("ignore", LinAlgWarning)
        model.fit(problem.matrix, rows.purchases, sample_weight=weight, offset=offset)
    return np.concatenate([[model.intercept_], model.coef_])
