"""The penalised normal equations, solved page by page: time and memory are linear in pages.

Given the shared coefficients, those of one page tell nothing of another's. So the system is
bordered block-diagonal: each page's block is eliminated, what is left is a small system of the
shared ones (the Schur complement), and the posterior covariance follows from the same factors.
Source: Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 4.5; of mixed models
Henderson (1975), "Best linear unbiased estimation and prediction", Biometrics 31.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from scheduler.response.design import Coefficients, Design
from scheduler.response.rows import FloatArray
from scheduler.response.spec import SPEC


@dataclass(frozen=True)
class Penalties:
    """One over the prior variance of each shared column, (s,), and of each own one, (d,)."""

    shared: FloatArray
    own: FloatArray

    def ridge(self, coefficients: Coefficients) -> float:
        """Twice the negative log prior, up to a constant."""
        own = self.own @ (coefficients.own**2).sum(axis=0)
        return float(self.shared @ coefficients.shared**2 + own)


@dataclass(frozen=True)
class Posterior:
    """Covariance of the coefficients of one regression; the last page is one it has not seen.

    Attributes:
        shared: (s, s) of the shared ones.
        own: (pages + 1, d, d) of each page's own, were the shared ones known.
        gain: (pages + 1, d, s) what a page's own fall by when the shared ones rise.
    """

    shared: FloatArray
    own: FloatArray
    gain: FloatArray

    def loading(self, design: Design) -> FloatArray:
        """How each message's effects follow the shared coefficients, (n, s)."""
        found = design.shared.copy()
        for page, rows in design.of_page.items():
            found[rows] -= design.own[rows] @ self.gain[page]
        return found

    def variance(self, design: Design) -> FloatArray:
        """Of each message's sum of effects, (n,)."""
        loading = self.loading(design)
        found: FloatArray = np.einsum("ni,ni->n", loading @ self.shared, loading)
        for page, rows in design.of_page.items():
            own = design.own[rows]
            found[rows] += np.einsum("ni,ni->n", own @ self.own[page], own)
        return found

    def covariance(self, design: Design) -> FloatArray:
        """Of the messages' sums of effects, (n, n)."""
        loading = self.loading(design)
        found: FloatArray = loading @ self.shared @ loading.T
        for page, rows in design.of_page.items():
            own = design.own[rows]
            found[np.ix_(rows, rows)] += own @ self.own[page] @ own.T
        return found

    def draws(
        self, page: int, rng: np.random.Generator, count: int
    ) -> tuple[FloatArray, FloatArray]:
        """Deviations of the shared coefficients, (count, s), and of a page's own, (count, d)."""
        shared = rng.standard_normal((count, len(self.shared))) @ _root(self.shared).T
        own = rng.standard_normal((count, len(self.own[page]))) @ _root(self.own[page]).T
        return shared, own - shared @ self.gain[page].T

    def diagonals(self) -> tuple[FloatArray, FloatArray]:
        """Variance of each shared coefficient, (s,), and of each page's own, (pages, d)."""
        through = np.einsum("pds,st,pdt->pd", self.gain, self.shared, self.gain)
        own = np.einsum("pdd->pd", self.own) + through
        return np.diag(self.shared).copy(), own[:-1]

    def times(self, gradient: Coefficients) -> Coefficients:
        """Covariance times gradient: a Newton step."""
        loading = gradient.shared - np.einsum("pd,pds->s", gradient.own, self.gain)
        shared = self.shared @ loading
        own = np.einsum("pde,pe->pd", self.own, gradient.own) - self.gain @ shared
        return Coefficients(shared, own)


def gradient(design: Design, score: FloatArray, pages: int) -> Coefficients:
    """Score of each coefficient by that of each message, without the prior's."""
    own = np.zeros((pages + 1, design.own.shape[1]))
    for page, rows in design.of_page.items():
        own[page] = score[rows] @ design.own[rows]
    return Coefficients(score @ design.shared, own)


def posterior(
    design: Design, information: FloatArray, penalties: Penalties, pages: int
) -> Posterior:
    """Inverse of the penalised information.

    Args:
        design: of the n messages of a fit.
        information: (n,) of each message on its sum of effects.
        penalties: of the columns.
        pages: of the fit.
    """
    size, width = len(penalties.own), len(penalties.shared)
    own = np.tile(np.diag(1.0 / penalties.own), (pages + 1, 1, 1))
    gain = np.zeros((pages + 1, size, width))
    schur = np.diag(penalties.shared)
    for page, rows in design.of_page.items():
        shared, effects = design.shared[rows], design.own[rows]
        weighted = effects * information[rows, None]
        block = weighted.T @ effects
        block[np.arange(size), np.arange(size)] += penalties.own
        border = weighted.T @ shared
        own[page] = _inverse(block)
        gain[page] = own[page] @ border
        schur += shared.T @ (shared * information[rows, None]) - border.T @ gain[page]
    return Posterior(_inverse(schur), own, gain)


def _root(matrix: FloatArray) -> FloatArray:
    """A square root of a covariance."""
    return np.asarray(np.linalg.cholesky(matrix + SPEC.jitter * np.eye(len(matrix))))


def _inverse(matrix: FloatArray) -> FloatArray:
    """Of a symmetric positive definite matrix, by Cholesky."""
    factor = linalg.cho_factor(matrix, lower=True, check_finite=False)
    found: FloatArray = linalg.cho_solve(factor, np.eye(len(matrix)), check_finite=False)
    return 0.5 * (found + found.T)
