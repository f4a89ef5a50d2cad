"""From a solved week to the rows of `schedule_templates`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from scheduler.response import PageResponse
from scheduler.run.identity import message_id
from scheduler.run.problem import PlannedPage
from scheduler.run.publish import TEMPLATE_SCHEMA
from scheduler.solver import WeekPlan

_EPOCH = datetime(1970, 1, 1)
_CENTS = 2


def template_rows(
    schedule: str,
    page: PlannedPage,
    plan: WeekPlan,
    response: PageResponse,
    common: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Rows of one page's week, in time order.

    Args:
        schedule: the schedule's id.
        page: the problem with the mart rows behind its indices.
        plan: the solved week.
        response: turns expected earnings into calibrated figures and intervals.
        common: what all rows of the run share: week_start, as_of, training_hash, run_id,
            confidence, written_at.
    """
    prices = np.asarray([message.price for message in plan.messages])
    multiplied = np.asarray([message.expected for message in plan.messages])
    fatigue = page.fatigue.of_plan(plan.messages, page.problem.slot_day)
    expected = response.bounded(multiplied * fatigue.correction, prices) * response.deflation
    low, high = response.interval(expected, prices, fatigue.variance)
    week_low, week_high = response.week_interval(expected, prices, fatigue.variance)
    # What a unit of the objective is in projected dollars.
    dollars = float(expected.sum()) / plan.objective if plan.objective > 0 else 0.0
    week = {
        "week_expected_revenue": round(float(np.round(expected, _CENTS).sum()), _CENTS),
        "week_revenue_low": round(float(week_low), _CENTS),
        "week_revenue_high": round(float(week_high), _CENTS),
        "week_upper_bound": float(plan.upper_bound),
        "week_gap": float(plan.gap),
        "week_relaxed": "; ".join(plan.relaxed) or None,
        "week_binding": _binding_text(plan, dollars) or None,
        "week_bound_alone": float(plan.bound_alone),
        "week_conflict_cost": round(max(plan.conflict_cost, 0.0) * dollars, _CENTS),
    }
    # By key: a plan made anew without some captions numbers the others differently.
    captions = {row["caption_key"]: row for row in page.captions.to_pylist()}
    rows = []
    for index, message in enumerate(plan.messages):
        caption = captions[message.caption_key]
        slot = page.slots.slice(message.slot, 1).to_pylist()[0]
        send_at = _EPOCH + timedelta(minutes=int(message.time))
        row = dict.fromkeys(TEMPLATE_SCHEMA.names) | dict(common) | week
        row |= {
            "schedule_id": schedule,
            "page_name": plan.page_name,
            "status": "proposed",
            "message_id": message_id(schedule, send_at, message.caption_key),
            "send_at": send_at,
            "price": float(message.price),
            "caption_id": caption["caption_id"],
            "caption_key": message.caption_key,
            "caption_text": caption["caption_text"],
            "content_category": caption["content_category"],
            "content_type": caption["content_type"],
            "expected_revenue": round(float(expected[index]), _CENTS),
            "revenue_low": round(float(low[index]), _CENTS),
            "revenue_high": round(float(high[index]), _CENTS),
            "strategy_note": strategy_note(
                slot,
                caption,
                message.price,
                response,
                is_prime=bool(page.problem.slot_is_prime[message.slot]),
            ),
            "is_locked": message.fixed >= 0,
            "is_price_test": False,
        }
        rows.append(row)
    return rows


def _binding_text(plan: WeekPlan, dollars: float) -> str:
    """Rules that hold the week down, what holds it most first."""
    ranked = sorted(plan.binding, key=lambda binding: (-binding.worth, binding.rule))
    return "; ".join(f"{b.rule}: {b.change}, about ${b.worth * dollars:,.2f}" for b in ranked)


def strategy_note(
    slot: Mapping[str, Any],
    caption: Mapping[str, Any],
    price: float,
    response: PageResponse,
    *,
    is_prime: bool,
) -> str:
    """Why this hour, price and caption, in one line of checkable figures."""
    hour = int(slot["local_hour"])
    index = float(np.exp(response.hour[hour] - np.log(np.mean(np.exp(response.hour)))))
    place = "Prime" if is_prime else "Off-prime"
    timing = f"{place} {slot['daypart']} hour, {index:.2f} x the day's mean"
    sends = int(caption["caption_sends"] or 0)
    if sends:
        times = f"{sends} time{'s' if sends != 1 else ''}"
        history = f"caption sent {times}, lift {caption['caption_lift']:.2f}"
    else:
        history = "caption not sent before, taken at the average of its kind"
    energy = caption["energy"]
    mood = "" if energy == "neutral" else f", {energy} energy"
    holiday = f"; {slot['holiday_name']}" if slot["holiday_name"] else ""
    return f"{timing}; ${price:g} suits the page's demand; {history}{mood}{holiday}"
