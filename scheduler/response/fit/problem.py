"""What one regression is given and what it finds, whatever the way from the one to the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.design import Coefficients, Design, Layout, make_design
from scheduler.response.fit.captions import GRID, CaptionEffects, caption_effects, no_effects
from scheduler.response.fit.covariates import CaptionCovariates, caption_covariates, row_covariates
from scheduler.response.fit.normal import Penalties, Posterior
from scheduler.response.rows import BoolArray, FloatArray, Labels, Rows
from scheduler.response.spec import SPEC
from scheduler.response.stats import PageStats


@dataclass(frozen=True)
class Fitted:
    """A fitted regression, or the sum of two.

    Attributes:
        coefficients: of the columns.
        precision: one over each prior variance, see `Layout.kinds`.
        dispersion: counts vary as mean + dispersion x mean^2.
        page_dispersion: (pages,) the same of each page.
        captions: the second stage.
        posteriors: of each regression; their covariances add up.
    """

    coefficients: Coefficients
    precision: FloatArray
    dispersion: float
    page_dispersion: FloatArray
    captions: CaptionEffects
    posteriors: tuple[Posterior, ...] = ()

    def variance(self, design: Design) -> FloatArray:
        """Posterior variance of each message's sum of effects, (n,)."""
        return np.asarray(sum(one.variance(design) for one in self.posteriors))

    def covariance(self, design: Design) -> FloatArray:
        """Posterior covariance of the messages' sums of effects, (n, n)."""
        return np.asarray(sum(one.covariance(design) for one in self.posteriors))


@dataclass(frozen=True)
class Problem:
    """What stays the same through all rounds of one fit; see `make_problem`."""

    rows: Rows
    stats: PageStats
    layout: Layout
    design: Design
    exposure: FloatArray
    covariates: CaptionCovariates
    row_covariates: FloatArray
    nameless: int
    has_page_dispersion: bool

    def log_mean(self, coefficients: Coefficients, caption: FloatArray) -> FloatArray:
        """Log of the expected counts; `caption` is the log effect of each row's caption."""
        total: FloatArray = self.exposure + self.design @ coefficients + caption
        return total

    def information(self, fitted: Fitted) -> FloatArray:
        """What each message tells of its sum of effects, (n,): Fisher's, times its weight."""
        mean = np.exp(self.log_mean(fitted.coefficients, fitted.captions.others_effect))
        own = fitted.page_dispersion[self.rows.page]
        found: FloatArray = self.rows.weight * mean / (1.0 + own * mean)
        return found

    def penalties(self, precision: FloatArray) -> Penalties:
        """Of the columns."""
        kinds = (self.layout.kinds(is_own=is_own) for is_own in (False, True))
        return Penalties(*(precision[kind] for kind in kinds))


def make_problem(
    rows: Rows,
    stats: PageStats,
    layout: Layout,
    exposure: FloatArray,
    labels: Labels,
    without: Sequence[str] = (),
) -> Problem:
    """Build the design once; weights count the newest message as one.

    Args:
        rows: n messages; what is counted of each stands in `purchases`. Their weights fade
            `responses_last` times slower here; the term `trend` follows levels.
        stats: of the pages.
        layout: of the columns.
        exposure: (n,) log of what the counts are a share of.
        labels: names behind the codes.
        without: names of `settings.PARTS` that are left out.
    """
    weight = rows.weight ** (1.0 / SPEC.responses_last)
    rows = replace(rows, weight=weight * (weight.sum() / (weight @ weight)))
    covariates = caption_covariates(rows, stats, labels, without)
    return Problem(
        rows=rows,
        stats=stats,
        layout=layout,
        design=make_design(rows, stats, layout),
        exposure=exposure,
        covariates=covariates,
        row_covariates=row_covariates(rows, covariates, stats),
        nameless=labels.nameless,
        has_page_dispersion="page dispersion" not in without,
    )


def with_page_levels(
    problem: Problem, coefficients: Coefficients, pages: BoolArray
) -> Coefficients:
    """The coefficients with the own means of some pages, for a page far from the others.

    A scoring step from a mean far below what was bought leads far above it.

    Args:
        problem: what is fitted.
        coefficients: of the columns.
        pages: (pages,) which.
    """
    rows, layout = problem.rows, problem.layout
    agency, page = (layout.place("level", by) for by in ("pool", "page"))
    assert agency is not None  # noqa: S101 - the level is never left out
    assert page is not None  # noqa: S101
    due = rows.weight * np.exp(problem.exposure + coefficients.shared[agency.start])
    sold = np.bincount(rows.page, rows.weight * rows.purchases, minlength=layout.pages)
    level = (sold + SPEC.level_prior) / (
        np.bincount(rows.page, due, minlength=layout.pages) + SPEC.level_prior
    )
    own = coefficients.own.copy()
    own[:-1, page.start][pages] = np.log(level[pages])
    return Coefficients(coefficients.shared, own)


def first_guess(problem: Problem) -> Fitted:
    """The means of the agency and of its pages, and the prior everywhere else."""
    rows, layout = problem.rows, problem.layout
    agency = Coefficients(
        np.zeros(layout.width(is_own=False)),
        np.zeros((layout.pages + 1, layout.width(is_own=True))),
    )
    sold = rows.weight @ rows.purchases + 0.5
    place = layout.place("level", "pool")
    assert place is not None  # noqa: S101 - the level is never left out
    agency.shared[place.start] = np.log(sold / (rows.weight @ np.exp(problem.exposure)))
    coefficients = with_page_levels(problem, agency, np.ones(layout.pages, dtype=bool))
    captions = no_effects(problem.covariates, len(rows))
    return Fitted(coefficients, layout.start_precision, 1.0, np.ones(layout.pages), captions)


def conditional_captions(problem: Problem, fitted: Fitted) -> CaptionEffects:
    """The captions given a fit's coefficients."""
    rows, captions = problem.rows, fitted.captions
    effects = problem.exposure + problem.design @ fitted.coefficients
    return caption_effects(
        rows,
        effects[:, None] + GRID,
        fitted.page_dispersion[rows.page],
        problem.row_covariates,
        captions,
        problem.nameless,
    )
