"""One out-of-time evaluation: fit on the earlier days, judge and calibrate on the last ones."""

from dataclasses import dataclass

import numpy as np

from scheduler.response.deflation import page_deflation
from scheduler.response.intervals import (
    Held,
    IntervalLevels,
    calibrate,
    message_scores,
    week_scores,
    week_sums,
)
from scheduler.response.predict import Response, expected_purchases
from scheduler.response.rows import BoolArray, FloatArray, Labels, Rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.skill import Outcome, Row, SkillReport, metrics

NAIVE_PRIOR_ROWS = 5.0
MATURE_DAYS = 4.0


@dataclass(frozen=True)
class Evaluation:
    """What the held-out days taught."""

    skill: SkillReport
    levels: IntervalLevels
    deflation: FloatArray


def held_out(rows: Rows, share: float) -> BoolArray:
    """True for the messages of the window's last `share`, by day."""
    first, last = rows.days_ago.max(), rows.days_ago.min()
    mask: BoolArray = rows.days_ago < last + share * (first - last + 1.0)
    return mask


def mature(rows: Rows) -> BoolArray:
    """True for messages old enough to be judged: the newest ones' purchases are still coming."""
    mask: BoolArray = rows.age >= MATURE_DAYS
    return mask if mask.sum() >= 0.5 * len(rows) else np.ones(len(rows), dtype=bool)


def _outcome(response: Response, before: Rows, after: Rows, labels: Labels) -> Outcome:
    pages = len(labels.pages)
    weighted = before.weight * before.sent
    earned = np.bincount(before.page, before.weight * before.earnings, minlength=pages)
    reached = np.bincount(before.page, weighted, minlength=pages)
    agency = earned.sum() / reached.sum()
    prior = NAIVE_PRIOR_ROWS * response.stats.audience[:pages]
    own = (earned + prior * agency) / (reached + prior)
    mean = expected_purchases(response, after)
    return Outcome(
        sent=after.sent,
        purchases=after.purchases,
        mean=mean,
        earnings=after.earnings,
        predicted=mean * after.price * response.stats.dollar_ratio[after.page],
        naive=after.sent * agency,
        page_naive=after.sent * own[after.page],
    )


def _held(response: Response, after: Rows, outcome: Outcome) -> Held:
    week = ((after.days_ago - after.days_ago.min()) // 7).astype(np.int64)
    return Held(
        tier=response.stats.tier[after.page],
        cell=after.page * 100 + week,
        price=after.price * response.stats.dollar_ratio[after.page],
        purchases=after.purchases,
        earnings=after.earnings,
        mean=outcome.mean,
    )


def _coverage(
    held: Held, days_ago: FloatArray, tiers: int, response: Response, share: float
) -> tuple[BoolArray, FloatArray, float]:
    """Calibrate on the earlier half of the held-out days, look at the later half.

    Returns:
        which messages were judged, whether each one's interval held, share of page-weeks held.
    """
    later = days_ago < np.median(days_ago)
    levels = calibrate(held.take(~later), tiers, share, response.fitted.dispersion)
    judged = held.take(later)
    scores = message_scores(judged.purchases, judged.mean, levels.dispersion[judged.tier])
    inside = (scores <= levels.level[judged.tier]).astype(np.float64)
    total, mean, variance = week_sums(judged, levels.dispersion)
    week = week_scores(total, mean, variance + levels.week_variance * mean**2)
    share_held = float(np.mean(week <= levels.week_level)) if len(week) else float("nan")
    return later, inside, share_held


def _scopes(tier: np.ndarray, page: np.ndarray, labels: Labels) -> list[tuple[str, str, BoolArray]]:
    found = [("agency", "all", np.ones(len(tier), dtype=bool))]
    found += [("tier", name, tier == i) for i, name in enumerate(labels.tiers)]
    found += [("page", name, page == i) for i, name in enumerate(labels.pages)]
    return [(scope, name, mask) for scope, name, mask in found if mask.any()]


def evaluate(
    response: Response, before: Rows, after: Rows, labels: Labels, settings: ResponseSettings
) -> Evaluation:
    """Judge a response fitted on `before` by the messages of `after`."""
    outcome = _outcome(response, before, after, labels)
    held = _held(response, after, outcome)
    tiers = len(labels.tiers)
    later, inside, weeks = _coverage(
        held, after.days_ago, tiers, response, settings.interval_coverage
    )
    rows: list[Row] = []
    for scope, name, mask in _scopes(held.tier, after.page, labels):
        found = metrics(outcome.take(mask))
        covered = inside[mask[later]]
        found["message_coverage"] = float(covered.mean()) if len(covered) else float("nan")
        if scope == "agency":
            found["week_coverage"] = weeks
        rows += [(scope, name, metric, value) for metric, value in found.items()]
    deflation = page_deflation(
        after.page,
        after.purchases,
        outcome.mean,
        outcome.predicted / after.sent,
        response.fitted.dispersion,
        len(labels.pages),
    )
    levels = calibrate(held, tiers, settings.interval_coverage, response.fitted.dispersion)
    return Evaluation(SkillReport(tuple(rows)), levels, deflation)
