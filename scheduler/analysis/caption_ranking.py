"""The best captions of a page for a time of day: the pool the solver chooses from, ranked."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from scheduler.errors import SchedulerError
from scheduler.marts.inputs import AgencyInputs
from scheduler.planning.caption_prices import DAYPARTS, priced_captions
from scheduler.planning.gate import empty_pool
from scheduler.planning.promised import Promised
from scheduler.response import PageResponse
from scheduler.response.rows import FloatArray
from scheduler.warehouse.base import MARTS, Warehouse


def rank_captions(
    page: str,
    inputs: AgencyInputs,
    response: PageResponse,
    promised: Promised,
    evidence: Mapping[str, float],
    time_of_day: str,
    count: int,
    price_tier: str | None,
) -> list[dict[str, Any]]:
    """The best captions for a time of day: by expected revenue, as far as their sends support it.

    What a caption promises above the pool's median counts only in the share that its own sends
    support, so one that was never sent does not come before those that sold. No category appears
    more often than the page's daily limit allows.

    Returns:
        Per caption: `caption_id`, `caption_text`, `content_category`, `price_tier`, `energy`,
        `performance_score` (0-100, its percentile in that order among the page's allowed
        captions), `price` (dollars, best), `expected_revenue` (dollars, in the mean hour of that
        time of day, as far as viewers can buy) and `confidence` (0-1: the share of its lift that
        its own sends support).

    Raises:
        SchedulerError: unknown time of day, or no caption is allowed (the message says which
            filter emptied the pool).
    """
    if time_of_day not in DAYPARTS:
        raise SchedulerError(
            f"Unknown time of day {time_of_day!r}. Use one of: {', '.join(DAYPARTS)}."
        )
    if count < 1:
        raise SchedulerError("The number of captions must be 1 or more.")
    if page not in inputs.candidates:
        raise SchedulerError(empty_pool(inputs.filter_counts.get(page, ())))
    priced = priced_captions(page, inputs, response, promised)
    factor = priced.daypart_factor[:, DAYPARTS.index(time_of_day)]
    rows = priced.captions.to_pylist()
    hour = _mean_hour_factor(inputs, page, response, time_of_day)
    expected = priced.value * hour * response.correction
    share = np.asarray([evidence.get(row["caption_key"], 0.0) for row in rows])
    score = supported(expected * factor, share)
    percentile = 100.0 * (np.argsort(np.argsort(score, kind="stable")) + 1) / len(score)
    order = sorted(range(len(rows)), key=lambda i: (-score[i], rows[i]["caption_key"]))
    limit = int(inputs.page_settings[page]["max_same_category_per_day"])
    used: Counter[str] = Counter()
    chosen: list[dict[str, Any]] = []
    tiers = Counter(str(row["price_tier"]) for row in rows)
    for i in order:
        row = rows[i]
        if price_tier is not None and row["price_tier"] != price_tier:
            continue
        if used[row["content_category_key"]] >= limit:
            continue
        used[row["content_category_key"]] += 1
        chosen.append(
            {
                "caption_id": row["caption_id"],
                "caption_text": row["caption_text"],
                "content_category": row["content_category"],
                "price_tier": row["price_tier"],
                "energy": row["energy"],
                "performance_score": float(percentile[i]),
                "price": float(priced.price[i]),
                "expected_revenue": float(expected[i]),
                "confidence": float(share[i]),
            }
        )
        if len(chosen) == count:
            break
    if not chosen:
        known = ", ".join(sorted(tiers))
        raise SchedulerError(
            f"No allowed caption has the price tier {price_tier!r}. Tiers in the pool: {known}."
        )
    return chosen


def supported(value: FloatArray, share: FloatArray) -> FloatArray:
    """Values drawn towards their median where they lie above it and evidence is short.

    On the log scale: median + share x (value - median); what lies below the median stays.

    Args:
        value: (n,) positive.
        share: (n,) 0-1, how much of each is supported.
    """
    log = np.log(value)
    middle = float(np.median(log))
    drawn: FloatArray = np.exp(np.where(log > middle, middle + share * (log - middle), log))
    return drawn


def read_evidence(warehouse: Warehouse, page: str) -> dict[str, float]:
    """Caption key -> share of its lift that its own sends support, for a page's candidates."""
    rows = warehouse.query(
        "select performance.caption_key, performance.evidence_share"  # noqa: S608
        f" from {MARTS}.caption_performance as performance"
        f" inner join {MARTS}.caption_candidates as candidates"
        " on candidates.caption_key = performance.caption_key"
        " where candidates.page_name = $page and performance.page_name = '(all)'",
        {"page": page},
    )
    return {row["caption_key"]: row["evidence_share"] for row in rows.to_pylist()}


def _mean_hour_factor(
    inputs: AgencyInputs, page: str, response: PageResponse, time_of_day: str
) -> float:
    slots = inputs.slots[page]
    hours = [
        int(hour)
        for hour, daypart in zip(
            slots.column("local_hour").to_pylist(),
            slots.column("daypart").to_pylist(),
            strict=True,
        )
        if daypart == time_of_day
    ]
    return float(np.mean(np.exp(response.hour[hours]))) if hours else 1.0
