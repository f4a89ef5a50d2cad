"""The agency's week: its total, and how far off all pages together may be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import norm

from scheduler.marts.run_result import BLOCKED, AgencyInterval, RunResult


def agency_interval(
    expected: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    correlation: float,
    deviation: float,
    coverage: float,
) -> AgencyInterval:
    """Bounds of the sum of page-weeks whose errors are alike in part.

    A page's bounds are read as those of a lognormal week; the variances add up with one correlation
    between any two pages, and the agency's own errors so far, luck and all, set the least.

    Args:
        expected: dollars of each page-week.
        low: of each one's interval.
        high: of each one's interval.
        correlation: of two pages' errors.
        deviation: root mean square of the agency's log errors so far.
        coverage: share of realised weeks that the intervals should hold.
    """
    means = np.asarray(expected, dtype=float)
    total = float(means.sum())
    if total <= 0.0:
        return AgencyInterval(total, 0.0, 0.0)
    quantile = float(norm.ppf((1.0 + coverage) / 2.0))
    spread = (np.asarray(high, dtype=float) - np.asarray(low, dtype=float)) / (2.0 * quantile)
    own = (1.0 - correlation) * float(spread @ spread)
    shared = correlation * float(spread.sum()) ** 2
    relative = max(own + shared, (deviation * total) ** 2) / total**2
    log_variance = float(np.log1p(relative))
    reach = quantile * np.sqrt(log_variance)
    middle = total * np.exp(-0.5 * log_variance)
    return AgencyInterval(total, float(middle * np.exp(-reach)), float(middle * np.exp(reach)))


def with_agency(result: RunResult, settings: Mapping[str, Any]) -> RunResult:
    """The result with its agency's interval; as it was when no page has a week.

    Args:
        result: of a run.
        settings: every setting of the build.
    """
    pages = [page for page in result.pages.values() if page.status != BLOCKED and page.messages]
    if not pages:
        return result
    expected = [page.of_week("expected_revenue") for page in pages]
    low, high = ([page.of_week(f"revenue_{end}") for page in pages] for end in ("low", "high"))
    found = agency_interval(
        expected,
        low,
        high,
        correlation=float(settings["forecast_correlation"]),
        deviation=max(float(p.creator.get("forecast_agency_deviation") or 0.0) for p in pages),
        coverage=float(settings["interval_coverage"]),
    )
    return replace(result, agency=found)
