"""Fits of the past: each origin's rows fitted in turn, every fit begun from the one before it."""

from collections.abc import Callable

import numpy as np

from scheduler.response.fit.response import fit_rows
from scheduler.response.judge.evaluate import judge
from scheduler.response.judge.rolling import Origin, short_origin, split, weekly_origins
from scheduler.response.judge.skill import Judged
from scheduler.response.read.predict import Response, expected_purchases
from scheduler.response.rows import Labels, Rows
from scheduler.response.settings import ResponseError, ResponseSettings


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


Fit = Callable[[Rows, Labels, ResponseSettings, Response | None], Response]
"""Rows to a response, begun from an earlier one; see `fit_rows`."""


def replay(
    rows: Rows, labels: Labels, settings: ResponseSettings, fit: Fit = fit_rows
) -> tuple[list[Judged], Response]:
    """Predictions from every origin, oldest first, and the newest origin's fit."""
    parts: list[Judged] = []
    response: Response | None = None
    for origin in training_origins(rows, settings):
        before, after = split(rows, origin)
        response = fit(before, labels, settings, response)
        mean = expected_purchases(response, after)
        parts.append(judge(mean, before, after, response.stats, origin))
    assert response is not None  # noqa: S101 - there is at least one origin
    return parts, response
