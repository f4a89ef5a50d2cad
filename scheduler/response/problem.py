"""What one regression is given and what it finds, whatever the way from the one to the other."""

from dataclasses import dataclass, replace

import numpy as np
import tabmat
from scipy import sparse

from scheduler.response.captions import GRID, CaptionEffects, caption_effects, no_effects
from scheduler.response.ceiling import UNKNOWN, Ceiling
from scheduler.response.design import TERMS, Layout, bases, design_matrix, term_index
from scheduler.response.rows import BoolArray, FloatArray, Labels, Rows
from scheduler.response.signs import CaptionSigns, caption_signs, row_signs
from scheduler.response.stats import PageStats

# How many times longer than levels responses last: hours, prices, contents and fatigue of some
# months ago are those of today. Forgotten as fast as levels, what a good plan no longer tries (low
# hours, high prices) would soon be unknown again, and tried again.
RESPONSES_LAST = 4.0
LEVEL_PRIOR = 5.0  # purchases at the agency's mean, added to a page's own where a fit begins


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
    """What stays the same through all rounds of one fit; see `make_problem`."""

    rows: Rows
    stats: PageStats
    layout: Layout
    matrix: tabmat.MatrixBase
    columns: sparse.csc_matrix
    exposure: FloatArray
    signs: CaptionSigns
    row_signs: FloatArray
    nameless: int
    ceiling: Ceiling | None
    bend: float

    def log_mean(self, coefficients: FloatArray, own: FloatArray, crowding: float) -> FloatArray:
        """Log of the expected counts.

        Args:
            coefficients: the intercept first.
            own: log effect of each row's caption, and of what else no column has.
            crowding: see `ceiling`.
        """
        effects = coefficients[0] + self.columns @ coefficients[1:] + own
        total: FloatArray = self.exposure + effects
        if self.ceiling is not None:
            total = total + self.ceiling.log_share(effects, crowding)
        return total

    def elasticity(self, coefficients: FloatArray, own: FloatArray, crowding: float) -> FloatArray:
        """How far each message's counts follow its effects: 1, and less near the ceiling.

        Args:
            coefficients: see `log_mean`, as the other two.
            own: of each row.
            crowding: see `ceiling`.
        """
        if self.ceiling is None:
            return np.ones(len(self.rows))
        effects = coefficients[0] + self.columns @ coefficients[1:] + own
        return self.ceiling.elasticity(effects, crowding)

    def information(self, fitted: Fitted) -> FloatArray:
        """What each message tells of its sum of effects, (n,): Fisher's, times its weight."""
        at = fitted.coefficients, fitted.captions.others_effect, fitted.crowding
        mean, own = np.exp(self.log_mean(*at)), fitted.page_dispersion[self.rows.page]
        found: FloatArray = self.rows.weight * self.elasticity(*at) ** 2 * mean / (1.0 + own * mean)
        return found

    def log_means(self, coefficients: FloatArray, crowding: float) -> FloatArray:
        """Log of the expected counts at every multiplier a caption may have, (n, len(GRID)).

        Args:
            coefficients: the intercept first.
            crowding: see `ceiling`.
        """
        effects = (coefficients[0] + self.columns @ coefficients[1:])[:, None] + GRID
        total: FloatArray = self.exposure[:, None] + effects
        if self.ceiling is not None:
            total += self.ceiling.log_share(effects, crowding)
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


def make_problem(
    rows: Rows,
    stats: PageStats,
    layout: Layout,
    exposure: FloatArray,
    labels: Labels,
    ceiling: Ceiling | None,
    bend: float,
) -> Problem:
    """Build the design once; weights count the newest message as one.

    Args:
        rows: n messages; what is counted of each stands in `purchases`. Their weights fade
            `RESPONSES_LAST` times slower here; the terms `trend` and `recent` follow levels.
        stats: of the pages.
        layout: of the columns.
        exposure: (n,) log of what the counts are a share of.
        labels: names behind the codes.
        ceiling: what bounds the counts; None: nothing does.
        bend: of fatigue, see `basis.felt_stock`.
    """
    weight = rows.weight ** (1.0 / RESPONSES_LAST)
    rows = replace(rows, weight=weight * (weight.sum() / (weight @ weight)))
    signs = caption_signs(rows, stats, labels)
    values = bases(rows, stats, bend)
    columns = design_matrix(rows, stats, layout, values)
    return Problem(
        rows=rows,
        stats=stats,
        layout=layout,
        matrix=tabmat.from_csc(columns),
        columns=columns,
        exposure=exposure,
        signs=signs,
        row_signs=row_signs(rows, signs, stats),
        nameless=labels.nameless,
        ceiling=ceiling,
        bend=bend,
    )


def with_page_levels(problem: Problem, coefficients: FloatArray, pages: BoolArray) -> FloatArray:
    """The coefficients with the own means of some pages, for a page far from the others.

    A scoring step from a mean far below what was bought leads far above it, and there the ceiling
    holds: no later step would find back.

    Args:
        problem: what is fitted.
        coefficients: the intercept first.
        pages: (pages,) which.
    """
    rows, layout = problem.rows, problem.layout
    due = rows.weight * np.exp(problem.exposure + coefficients[0])
    sold = np.bincount(rows.page, rows.weight * rows.purchases, minlength=layout.pages)
    level = (sold + LEVEL_PRIOR) / (
        np.bincount(rows.page, due, minlength=layout.pages) + LEVEL_PRIOR
    )
    found = coefficients.copy()
    found[1:][layout.columns(term_index("one", "page"))][pages] = np.log(level[pages])
    return found


def first_guess(problem: Problem) -> Fitted:
    """The means of the agency and of its pages, and the prior everywhere else."""
    rows, width = problem.rows, problem.layout.width
    sold = rows.weight @ rows.purchases + 0.5
    agency = np.zeros(width + 1)
    agency[0] = np.log(sold / (rows.weight @ np.exp(problem.exposure)))
    everywhere = np.ones(problem.layout.pages, dtype=bool)
    coefficients = with_page_levels(problem, agency, everywhere)
    captions = no_effects(problem.signs, len(rows))
    by_page = np.ones(problem.layout.pages)
    nothing = np.zeros((0, 0))
    return Fitted(coefficients, start_precision(), 1.0, by_page, captions, nothing, *UNKNOWN)


def told_captions(
    problem: Problem, fitted: Fitted, *, keeps_dispersion: bool = False
) -> CaptionEffects:
    """The captions as the rows tell them at a fit's coefficients."""
    rows, captions = problem.rows, fitted.captions
    means = problem.log_means(fitted.coefficients, fitted.crowding)
    of_page = fitted.page_dispersion[rows.page]
    return caption_effects(
        rows,
        means,
        of_page,
        problem.row_signs,
        captions,
        problem.nameless,
        keeps_dispersion=keeps_dispersion,
    )
