"""Out-of-time evaluation: judge, and set intervals, by weeks that no fit behind them has seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.response.judge.intervals import (
    IntervalLevels,
    calibrate,
    is_covered,
    is_week_covered,
)
from scheduler.response.judge.rolling import Origin
from scheduler.response.judge.skill import Judged, Row, SkillReport, metrics, pooled
from scheduler.response.rows import BoolArray, FloatArray, Labels, Rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.stats import PageStats

NAIVE_PRIOR_ROWS = 5.0


@dataclass(frozen=True)
class Evaluation:
    """What the held-out weeks taught."""

    skill: SkillReport
    levels: IntervalLevels


def _naive_rates(before: Rows, stats: PageStats, values: FloatArray) -> tuple[float, FloatArray]:
    """Mean per recipient: the agency's, and each page's own with a few messages of the agency's."""
    pages = stats.unknown
    got = np.bincount(before.page, before.weight * values, minlength=pages)
    reached = np.bincount(before.page, before.weight * before.sent, minlength=pages)
    agency = float(got.sum() / reached.sum())
    prior = NAIVE_PRIOR_ROWS * stats.audience[:pages]
    return agency, (got + prior * agency) / (reached + prior)


def judge(mean: FloatArray, before: Rows, after: Rows, stats: PageStats, origin: Origin) -> Judged:
    """Predictions of an origin beside what came of them and what naive means would have said.

    Args:
        mean: predicted purchases of each message of `after`.
        before: what a training on the origin's day reads.
        after: the predicted messages.
        stats: of `before`.
        origin: the day.
    """
    dollars, page_dollars = _naive_rates(before, stats, before.earnings)
    bought, page_bought = _naive_rates(before, stats, before.purchases)
    week = origin.week(after.days_ago).astype(np.int64)
    return Judged(
        page=after.page,
        tier=stats.tier[after.page],
        cell=after.page * (int(week.max(initial=0)) + 1) + week,
        sent=after.sent,
        worth=after.price * stats.dollar_ratio[after.page],
        purchases=after.purchases,
        earnings=after.earnings,
        mean=mean,
        naive=after.sent * dollars,
        page_naive=after.sent * page_dollars[after.page],
        naive_mean=after.sent * bought,
        page_naive_mean=after.sent * page_bought[after.page],
    )


Scope = tuple[str, str, BoolArray]


def scopes(judged: Judged, labels: Labels) -> list[Scope]:
    """The agency, every tier and every page that has messages, with their masks."""
    found = [("agency", "all", np.ones(len(judged), dtype=bool))]
    found += [("tier", name, judged.tier == i) for i, name in enumerate(labels.tiers)]
    found += [("page", name, judged.page == i) for i, name in enumerate(labels.pages)]
    return [(scope, name, mask) for scope, name, mask in found if mask.any()]


def coverage_rows(
    judged: Judged, inside: FloatArray, week_inside: FloatArray, groups: Sequence[Scope]
) -> list[Row]:
    """Share of messages and of page-weeks inside their intervals; NaN where none was looked at.

    `week_coverage_count` is how many page-weeks were looked at: a share of few says little.

    Args:
        judged: n messages.
        inside: (n,) 1 or 0, NaN for a message whose origin has no earlier weeks to set levels by.
        week_inside: (n,) the same of the message's page-week.
        groups: scopes with their masks.
    """
    rows: list[Row] = []
    _, first = np.unique(judged.cell, return_index=True)
    is_first = np.zeros(len(judged), dtype=bool)
    is_first[first] = True
    for scope, name, mask in groups:
        weeks = week_inside[mask & is_first]
        for metric, values in (("message_coverage", inside[mask]), ("week_coverage", weeks)):
            seen = values[~np.isnan(values)]
            value = float(seen.mean()) if len(seen) else float("nan")
            rows.append((scope, name, metric, value))
        rows.append((scope, name, "week_coverage_count", float((~np.isnan(weeks)).sum())))
    return rows


def out_of_time_coverage(
    parts: Sequence[Judged], tiers: int, coverage: float, fallback: float, count: int
) -> tuple[FloatArray, FloatArray]:
    """Whether each message, and each message's page-week, fell inside intervals set before it.

    The levels of an origin come from the weeks of `count` origins that were complete by then: those
    of the origin just before it had not been, so they are left out when there are older ones.
    """
    inside: list[FloatArray] = []
    weeks: list[FloatArray] = []
    for index, part in enumerate(parts):
        last = max(index - 1, min(index, 1))
        earlier = parts[max(last - count, 0) : last]
        if not earlier:
            inside.append(np.full(len(part), np.nan))
            weeks.append(np.full(len(part), np.nan))
            continue
        levels = calibrate(pooled(earlier), tiers, coverage, fallback)
        inside.append(is_covered(part, levels))
        weeks.append(is_week_covered(part, levels))
    return np.concatenate(inside), np.concatenate(weeks)


def evaluate(
    parts: Sequence[Judged], labels: Labels, settings: ResponseSettings, dispersion: float
) -> Evaluation:
    """Judge a way of fitting by its predictions from several origins, oldest first.

    Args:
        parts: the predictions of each origin.
        labels: names.
        settings: the share that intervals should hold.
        dispersion: of the last fit, where there are too few messages to estimate it.
    """
    judged, tiers = pooled(parts), len(labels.tiers)
    wanted = settings.interval_coverage
    groups = scopes(judged, labels)
    rows: list[Row] = []
    for scope, name, mask in groups:
        found = metrics(judged.take(mask))
        rows += [(scope, name, metric, value) for metric, value in found.items()]
    inside, weeks = out_of_time_coverage(parts, tiers, wanted, dispersion, settings.skill_origins)
    rows += coverage_rows(judged, inside, weeks, groups)
    levels = calibrate(judged, tiers, wanted, dispersion)
    return Evaluation(SkillReport(tuple(rows)), levels)
