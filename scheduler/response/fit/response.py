"""One fit: views and purchases per view, or purchases at once where views tell little of them."""

from dataclasses import dataclass, replace

import numpy as np

from scheduler.response.design import Layout
from scheduler.response.fit.problem import (
    Fitted,
    Problem,
    conditional_captions,
    first_guess,
    make_problem,
    with_page_levels,
)
from scheduler.response.fit.regression import fit_rounds
from scheduler.response.fit.views import (
    both,
    elasticity,
    excess_views,
    expected_views,
    is_seen,
    luck_of_views,
    viewed_rows,
)
from scheduler.response.read.predict import Response, linear_predictor
from scheduler.response.rows import FloatArray, Labels, Rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.spec import SPEC
from scheduler.response.stats import PageStats, page_stats


def half_variance(problem: Problem, fitted: Fitted, pages: int) -> FloatArray:
    """Half the posterior variance of the log mean, the decay-weighted mean of some messages.

    The mean of exp(x) lies above exp(mean of x) by the factor exp(variance / 2).
    """
    found = np.zeros(pages + 1)
    for page, own in problem.design.of_page.items():
        place = np.linspace(0, len(own) - 1, min(len(own), SPEC.sample)).astype(np.int64)
        chosen = own[place]
        variance = fitted.variance(problem.design.take(chosen))
        usual = float(np.average(variance, weights=problem.rows.weight[chosen]))
        found[page] = 0.5 * min(usual, SPEC.most_variance)
    return found


def _begin(problem: Problem, earlier: Response | None, number: int, count: int) -> Fitted | None:
    """Where the fit of one part of `count` begins: at what an earlier response found for it."""
    if earlier is None or len(earlier.parts) != count:
        return None
    part, rows = earlier.parts[number], problem.rows
    is_new = earlier.stats.has_history[: problem.layout.pages] == 0.0
    captions = replace(
        part.captions,
        covariates=problem.covariates,
        others_effect=part.captions.log_effect[rows.caption],
    )
    coefficients = with_page_levels(problem, part.coefficients, is_new)
    start = replace(part, coefficients=coefficients, captions=captions)
    # What the earlier fit knew of a caption may be these very rows: each is judged by the others.
    return replace(start, captions=conditional_captions(problem, start))


def _fit(problem: Problem, start: Fitted | None, rounds: int, again: int) -> Fitted:
    """Fit a part in some rounds, or again in fewer from where it begins."""
    if start is not None:
        return fit_rounds(problem, again, start)
    return fit_rounds(problem, rounds, first_guess(problem))


@dataclass(frozen=True)
class _Task:
    """What all parts of one fit share."""

    rows: Rows
    labels: Labels
    settings: ResponseSettings
    stats: PageStats
    layout: Layout
    earlier: Response | None

    def problem(self, rows: Rows, exposure: FloatArray) -> Problem:
        without = self.settings.without
        return make_problem(rows, self.stats, self.layout, exposure, self.labels, without)

    def response(self, fitted: Fitted, spread: FloatArray, *parts: Fitted) -> Response:
        return Response(
            fitted=fitted,
            layout=self.layout,
            stats=self.stats,
            fatigue_hours=self.settings.fatigue_hours,
            spread=spread,
            parts=parts,
        )

    def by_views(self) -> Response | None:
        """Views per recipient times purchases per view; None where views tell little of sales."""
        own = viewed_rows(self.rows)
        if len(own) < self.settings.min_rows or "views" in self.settings.without:
            return None
        of_views = self.problem(own, np.log(own.sent))
        start = _begin(of_views, self.earlier, 0, 2)
        views = _fit(of_views, start, SPEC.view_rounds, SPEC.view_refit_rounds)
        of_seen = self.response(views, np.zeros(self.layout.pages + 1))
        known, expected = is_seen(self.rows), np.empty(len(self.rows))
        unseen = self.rows.take(~known)
        expected[known] = expected_views(of_views, views)
        expected[~known] = unseen.sent * np.exp(linear_predictor(of_seen, unseen))
        excess = excess_views(self.rows, expected)
        of_buyers = self.problem(replace(self.rows, excess=excess), np.log(expected) + excess)
        start = _begin(of_buyers, self.earlier, 1, 2)
        conversion = _fit(of_buyers, start, SPEC.rounds, SPEC.refit_rounds)
        least, most = SPEC.elasticity_limits
        if not least < elasticity(conversion, self.layout) < most:
            return None
        fitted = both(views, conversion)
        spread = half_variance(of_views, fitted, self.layout.pages)
        spread += luck_of_views(views, conversion, self.layout)
        return self.response(fitted, spread, views, conversion)

    def at_once(self) -> Response:
        """Purchases per recipient."""
        problem = self.problem(self.rows, np.log(self.rows.sent))
        start = _begin(problem, self.earlier, 0, 1)
        fitted = _fit(problem, start, SPEC.rounds, SPEC.refit_rounds)
        spread = half_variance(problem, fitted, self.layout.pages)
        return self.response(fitted, spread, fitted)


def fit_rows(
    rows: Rows, labels: Labels, settings: ResponseSettings, earlier: Response | None = None
) -> Response:
    """Fit a response to rows; every mean and scale it uses is computed from these rows alone.

    Args:
        rows: what the fit may know.
        labels: names behind the codes, also of pages and captions that the rows do not have.
        settings: of the training.
        earlier: a fit to older rows to begin from, which saves rounds.
    """
    if "short and long memory" in settings.without:
        rows = replace(rows, stock=rows.stock * np.array([0.0, 1.0, 0.0]))
    stats = page_stats(rows, labels, settings)
    layout = Layout(len(labels.pages), len(labels.contents), settings.terms_without)
    task = _Task(rows, labels, settings, stats, layout, earlier)
    return task.by_views() or task.at_once()
