"""One fit: views and purchases per view, or purchases at once where views tell little of them."""

from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.boost import fit_boost
from scheduler.response.ceiling import Ceiling
from scheduler.response.design import TERMS, Layout, make_layout
from scheduler.response.fit import fit_rounds
from scheduler.response.predict import (
    Response,
    expected_purchases,
    half_variance,
    linear_predictor,
)
from scheduler.response.problem import (
    Fitted,
    Problem,
    first_guess,
    make_problem,
    told_captions,
    with_page_levels,
)
from scheduler.response.rows import FloatArray, Labels, Rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.shapes import BENDS, UNKNOWN_BEND, Shape, bend_evidence, likely
from scheduler.response.stats import PageStats, page_stats
from scheduler.response.views import (
    ELASTICITY_LIMITS,
    both,
    elasticity,
    excess_views,
    expected_views,
    is_seen,
    luck_of_views,
    viewed_rows,
)

# Rounds of a fit from nowhere and of one from an earlier fit. Views need fewer: they tell much.
ROUNDS, REFIT_ROUNDS = 4, 1
VIEW_ROUNDS, VIEW_REFIT_ROUNDS = 2, 0


def _carried(part: Fitted, earlier: Layout, layout: Layout) -> FloatArray:
    """Coefficients of an earlier fit in this layout's places; zero where a pair is new."""
    found = np.zeros(layout.width + 1)
    found[0] = part.coefficients[0]
    both_seen = (earlier.pair >= 0) & (layout.pair >= 0)
    for index, term in enumerate(TERMS):
        values = part.coefficients[1:][earlier.columns(index)]
        place = found[1:][layout.columns(index)]
        if term.by == "page_content":
            place[layout.pair[both_seen]] = values[earlier.pair[both_seen]]
        else:
            place[:] = values
    return found


def _begin(problem: Problem, earlier: Response | None, number: int, count: int) -> Fitted | None:
    """Where the fit of one part of `count` begins: at what an earlier response found for it."""
    if earlier is None or len(earlier.parts) != count:
        return None
    part, rows = earlier.parts[number], problem.rows
    coefficients = _carried(part, earlier.layout, problem.layout)
    is_new = earlier.stats.has_history[: problem.layout.pages] == 0.0
    coefficients = with_page_levels(problem, coefficients, is_new)
    captions = replace(
        part.captions,
        signs=problem.signs,
        others_effect=part.captions.log_effect[rows.caption],
    )
    start = replace(part, coefficients=coefficients, captions=captions)
    # What the earlier fit knew of a caption may be these very rows: each is told by the others.
    return replace(start, captions=told_captions(problem, start))


def _fit(
    problem: Problem, start: Fitted | None, rounds: int, again: int, *, judges: bool = False
) -> Fitted:
    """Fit a part in some rounds, or again in fewer from where it begins."""
    if start is not None:
        return fit_rounds(problem, again, start, judges=judges)
    return fit_rounds(problem, rounds, first_guess(problem), judges=False)


@dataclass(frozen=True)
class _Task:
    """What all parts of one fit share."""

    rows: Rows
    labels: Labels
    settings: ResponseSettings
    stats: PageStats
    layout: Layout
    earlier: Response | None
    judges: bool = False

    def problem(self, rows: Rows, exposure: FloatArray, ceiling: Ceiling | None) -> Problem:
        bend = self.bend.mean
        return make_problem(rows, self.stats, self.layout, exposure, self.labels, ceiling, bend)

    def ceiling(self, log_rate: FloatArray) -> Ceiling:
        page = self.rows.page
        return Ceiling(log_rate, self.stats.view_rate[page], self.stats.mean_rate[page])

    @property
    def bend(self) -> Shape:
        """The form of fatigue to fit with: as an earlier fit found it."""
        return UNKNOWN_BEND if self.earlier is None else self.earlier.seen_bend

    def response(
        self, fitted: Fitted, spread: FloatArray, evidence: FloatArray, *parts: Fitted
    ) -> Response:
        return Response(
            fitted=fitted,
            layout=self.layout,
            stats=self.stats,
            fatigue_hours=self.settings.fatigue_hours,
            spread=spread,
            bend=self.bend,
            seen_bend=likely(BENDS, evidence),
            parts=parts,
        )

    def by_views(self) -> Response | None:
        """Views per recipient times purchases per view; None where views tell little of sales."""
        own = viewed_rows(self.rows)
        if len(own) < self.settings.min_rows:
            return None
        of_views = self.problem(own, np.log(own.sent), None)
        start = _begin(of_views, self.earlier, 0, 2)
        views = _fit(of_views, start, VIEW_ROUNDS, VIEW_REFIT_ROUNDS)
        evidence = bend_evidence(of_views, views)
        of_seen = self.response(views, np.zeros(self.layout.pages + 1), evidence)
        known, expected = is_seen(self.rows), np.empty(len(self.rows))
        unseen = self.rows.take(~known)
        expected[known] = expected_views(of_views, views)
        expected[~known] = unseen.sent * np.exp(linear_predictor(of_seen, unseen))
        excess = excess_views(self.rows, expected)
        ceiling = self.ceiling(np.log(expected / self.rows.sent))
        lucky = replace(self.rows, excess=excess)
        of_buyers = self.problem(lucky, np.log(expected) + excess, ceiling)
        start = _begin(of_buyers, self.earlier, 1, 2)
        conversion = _fit(of_buyers, start, ROUNDS, REFIT_ROUNDS, judges=self.judges)
        least, most = ELASTICITY_LIMITS
        if not least < elasticity(conversion, self.layout) < most:
            return None
        evidence = evidence + bend_evidence(of_buyers, conversion)
        fitted = both(views, conversion)
        spread = half_variance(of_views, fitted, self.layout.pages)
        spread += luck_of_views(views, conversion, self.layout)
        return self.response(fitted, spread, evidence, views, conversion)

    def at_once(self) -> Response:
        """Purchases per recipient."""
        ceiling = self.ceiling(np.zeros(len(self.rows)))
        problem = self.problem(self.rows, np.log(self.rows.sent), ceiling)
        start = _begin(problem, self.earlier, 0, 1)
        fitted = _fit(problem, start, ROUNDS, REFIT_ROUNDS, judges=self.judges)
        spread = half_variance(problem, fitted, self.layout.pages)
        return self.response(fitted, spread, bend_evidence(problem, fitted), fitted)


def fit_rows(
    rows: Rows,
    labels: Labels,
    settings: ResponseSettings,
    earlier: Response | None = None,
    *,
    judges: bool = False,
) -> Response:
    """Fit a response to rows; every mean and scale it uses is computed from these rows alone.

    Args:
        rows: what the fit may know.
        labels: names behind the codes, also of pages and captions that the rows do not have.
        settings: of the training.
        earlier: a fit to older rows to begin from, which saves rounds. Without one the rows are
            fitted twice: the first fit tells the form of fatigue.
        judges: whether the ceiling is judged, which takes as long as the rest of a fit that begins
            from an earlier one; else it stands as found earlier, or as unknown.
    """
    stats = page_stats(rows, labels, settings.fatigue_hours)
    task = _Task(rows, labels, settings, stats, make_layout(rows, labels), earlier, judges)
    response = task.by_views() or task.at_once()
    if earlier is None:
        task, by_views = replace(task, earlier=response), len(response.parts) == 2
        # Views that told nothing of sales a moment ago are not asked again.
        response = (task.by_views() if by_views else None) or task.at_once()
    return boosted(response, rows, labels) if settings.model_type == "glm_boosted" else response


def boosted(response: Response, rows: Rows, labels: Labels) -> Response:
    """The response with boosted trees on what it leaves over of the rows it was fitted to."""
    mean = expected_purchases(response, rows)
    dispersion, contents = response.fitted.dispersion, len(labels.contents)
    return replace(response, boost=fit_boost(rows, response.stats, mean, dispersion, contents))
