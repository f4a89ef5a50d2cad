"""Fits of the past: each origin's rows fitted in turn, every fit begun from the one before it."""

from dataclasses import replace

import numpy as np

from scheduler.response.boost import fit_boost
from scheduler.response.design import TERMS, Layout, make_layout
from scheduler.response.evaluate import judge
from scheduler.response.fit import Fitted, Problem, first_guess, fit_rounds, make_problem
from scheduler.response.predict import Response, expected_purchases, half_variance
from scheduler.response.rolling import Origin, short_origin, split, weekly_origins
from scheduler.response.rows import FloatArray, Labels, Rows
from scheduler.response.settings import ResponseError, ResponseSettings
from scheduler.response.skill import Judged
from scheduler.response.stats import page_stats

ROUNDS = 4
REFIT_ROUNDS = 1


def _carried(earlier: Response, layout: Layout) -> FloatArray:
    """Coefficients of an earlier fit in this layout's places; zero where a pair is new."""
    found = np.zeros(layout.width + 1)
    found[0] = earlier.fitted.coefficients[0]
    both = (earlier.layout.pair >= 0) & (layout.pair >= 0)
    for index, term in enumerate(TERMS):
        values = earlier.fitted.coefficients[1:][earlier.layout.columns(index)]
        place = found[1:][layout.columns(index)]
        if term.by == "page_content":
            place[layout.pair[both]] = values[earlier.layout.pair[both]]
        else:
            place[:] = values
    return found


def _begin(problem: Problem, earlier: Response | None) -> Fitted:
    """Where a fit begins: nowhere, or at what an earlier fit of the same agency found."""
    start = first_guess(problem)
    if earlier is None:
        return start
    fitted = earlier.fitted
    captions = replace(
        fitted.captions,
        signs=problem.signs,
        sign_noise=problem.sign_noise,
        others_effect=fitted.captions.log_effect[problem.rows.caption],
    )
    return replace(
        start,
        coefficients=_carried(earlier, problem.layout),
        precision=fitted.precision,
        dispersion=fitted.dispersion,
        captions=captions,
    )


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
    stats = page_stats(rows, labels, settings.fatigue_hours)
    layout = make_layout(rows, labels)
    nameless = labels.captions.index("") if "" in labels.captions else -1
    problem = make_problem(rows, stats, layout, len(labels.captions), nameless)
    rounds = ROUNDS if earlier is None else REFIT_ROUNDS
    fitted = fit_rounds(problem, rounds, _begin(problem, earlier))
    spread = half_variance(problem, fitted, len(labels.pages))
    response = Response(fitted, layout, stats, settings.fatigue_hours, spread)
    return boosted(response, rows, labels) if settings.model_type == "glm_boosted" else response


def boosted(response: Response, rows: Rows, labels: Labels) -> Response:
    """The response with boosted trees on what it leaves over of the rows it was fitted to."""
    mean = expected_purchases(response, rows)
    dispersion, contents = response.fitted.dispersion, len(labels.contents)
    return replace(response, boost=fit_boost(rows, response.stats, mean, dispersion, contents))


def training_origins(rows: Rows, settings: ResponseSettings) -> tuple[Origin, ...]:
    """Days at which a training is judged, oldest first.

    Raises:
        ResponseError: there is only one day.
    """
    found = weekly_origins(rows.days_ago, settings.skill_origins, settings.maturity_days)
    if found:
        return found
    if np.ptp(rows.days_ago) == 0.0:
        raise ResponseError("every message fell on one day: load more history.")
    return (short_origin(rows.days_ago),)


def replay(rows: Rows, labels: Labels, settings: ResponseSettings) -> tuple[list[Judged], Response]:
    """Predictions from every origin, oldest first, and the newest origin's fit."""
    parts: list[Judged] = []
    response: Response | None = None
    for origin in training_origins(rows, settings):
        before, after = split(rows, origin)
        response = fit_rows(before, labels, settings, response)
        mean = expected_purchases(response, after)
        parts.append(judge(mean, before, after, response.stats, origin))
    assert response is not None  # noqa: S101 - there is at least one origin
    return parts, response
