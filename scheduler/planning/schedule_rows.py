"""From a solved week to the rows of `schedule_templates`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from scheduler.marts.content_ids import message_id
from scheduler.marts.schedules import TEMPLATE_SCHEMA
from scheduler.planning.page_problem import PlannedPage
from scheduler.planning.promised import Kept
from scheduler.response import PageResponse
from scheduler.response.rows import FloatArray
from scheduler.solver import Choice, ExploredWeek, PlannedMessage, WeekPlan

_EPOCH = datetime(1970, 1, 1)
_CENTS = 2
_STANDING = (
    "is_locked", "is_price_test", "message_id", "send_at", "price", "caption_id", "caption_key",
    "caption_text", "content_category", "content_type", "strategy_note",
)  # fmt: skip
"""Columns of a kept message that no plan changes."""


def template_rows(
    schedule: str,
    page: PlannedPage,
    plan: WeekPlan,
    response: PageResponse,
    common: Mapping[str, Any],
    explored: ExploredWeek | None = None,
) -> list[dict[str, Any]]:
    """Rows of one page's week, in time order.

    Args:
        schedule: the schedule's id.
        page: the problem with the mart rows behind its indices.
        plan: the solved week.
        response: turns expected earnings into calibrated figures and intervals.
        common: what all rows of the run share: week_start, as_of, training_hash, run_id,
            confidence, written_at.
        explored: the week after exploration; None: it is sent as planned.
    """
    messages = plan.messages if explored is None else explored.messages
    choices = (None,) * len(messages) if explored is None else explored.choices
    # Exploration moves no message: both weeks tire alike.
    where = [_where(page, message) for message in messages]
    days = np.array([place["day"] for place in where], dtype=np.int64)
    slots = np.array([place["slot"] for place in where], dtype=np.int64)
    fatigue = page.fatigue.of_plan(plan.messages, slots, days)
    planned = _projected(plan.messages, fatigue.correction, response)
    expected = _projected(messages, fatigue.correction, response)
    given_up = (planned - expected).tolist()
    prices = np.asarray([message.price for message in messages])
    blank = dict.fromkeys(TEMPLATE_SCHEMA.names) | dict(common) | {"page_name": plan.page_name}
    # By key: a plan made anew without some captions numbers the others differently.
    captions = {row["caption_key"]: row for row in page.captions.to_pylist()}
    sent = [
        page.kept[message.fixed] if message.fixed >= 0 else captions[message.caption_key]
        for message in messages
    ]
    doubt = response.doubt_of(
        np.array([place["local_hour"] for place in where], dtype=np.int64),
        np.array([place["iso_weekday"] for place in where], dtype=np.int64),
        [caption["content_category_key"] for caption in sent],
        _places(response, sent),
        prices,
        fatigue.stock,
    )
    doubt += response.ceiling_doubt(_multiplied(messages, fatigue.correction), prices)
    low, high = response.interval(expected, prices, doubt)
    week = response.week_interval(expected, prices, doubt)
    alone = _projected(plan.messages, fatigue.correction, response, _times_alone(plan))
    blank |= _week_figures(plan, float(planned.sum()), float(alone.sum()), expected, week)
    return [
        blank
        | {
            "expected_revenue": round(float(expected[index]), _CENTS),
            "revenue_low": round(float(low[index]), _CENTS),
            "revenue_high": round(float(high[index]), _CENTS),
        }
        | (
            _as_it_was(schedule, sent[index])
            if message.fixed >= 0
            else _what(schedule, message, sent[index])
            | _why(page, message, sent[index], response, choice, given_up[index])
        )
        for index, (message, choice) in enumerate(zip(messages, choices, strict=True))
    ]


def _where(page: PlannedPage, message: PlannedMessage) -> dict[str, int]:
    """Slot, local day, hour and weekday of a message; of a kept one the slot is the nearest."""
    if message.fixed >= 0:
        kept = page.kept[message.fixed]
        day, slot = page.problem.fixed[message.fixed].day, int(page.kept_slot[message.fixed])
        return {
            "slot": slot, "day": day, "local_hour": kept["local_hour"],
            "iso_weekday": kept["iso_weekday"],
        }  # fmt: skip
    row = page.slots.slice(message.slot, 1).to_pylist()[0]
    return {
        "slot": message.slot, "day": int(page.problem.slot_day[message.slot]),
        "local_hour": row["local_hour"], "iso_weekday": row["iso_weekday"],
    }  # fmt: skip


def _as_it_was(schedule: str, kept: Kept) -> dict[str, Any]:
    """A kept message to the byte, under the id it had.

    Of a locked one nothing is drawn by chance any more: where it stays is a person's choice.
    """
    drawn = ("is_explored", "propensity", "revenue_given_up")
    return {
        "schedule_id": schedule,
        "status": "proposed",
        **{name: kept[name] for name in _STANDING},
        **{name: None if kept["is_locked"] else kept[name] for name in drawn},
    }


def _places(response: PageResponse, captions: Sequence[Mapping[str, Any]]) -> list[int]:
    """Where the response keeps the figures of rows of `caption_candidates`."""
    keys = [caption["caption_key"] for caption in captions]
    return response.shared.captions(keys, [caption["price_tier"] for caption in captions])


def _multiplied(messages: Sequence[PlannedMessage], correction: FloatArray) -> FloatArray:
    """Dollars of each message as its effects multiply, shape (n,)."""
    dollars: FloatArray = np.asarray([message.expected for message in messages]) * correction
    return dollars


def _projected(
    messages: Sequence[PlannedMessage],
    correction: FloatArray,
    response: PageResponse,
    times: float = 1.0,
) -> FloatArray:
    """Dollars that we believe each message of a week earns, were it `times` as good, shape (n,)."""
    prices = np.asarray([message.price for message in messages])
    dollars: FloatArray = response.bounded(times * _multiplied(messages, correction), prices)
    dollars *= response.deflation
    return dollars


def _times_alone(plan: WeekPlan) -> float:
    """How many times as good the week would be, with every caption that other pages were given."""
    lost = max(plan.conflict_cost, 0.0)
    return 1.0 + lost / plan.objective if plan.objective > 0 else 1.0


def _week_figures(
    plan: WeekPlan,
    planned: float,
    alone: float,
    expected: FloatArray,
    interval: tuple[float, float],
) -> dict[str, Any]:
    """What every row says of its whole week; gap, bound and rules are those of the plan.

    `planned` is what the plan is believed to earn, `alone` what it would with the captions of other
    pages, `expected` what is sent after exploration.
    """
    # What a unit of the objective is in projected dollars.
    dollars = planned / plan.objective if plan.objective > 0 else 0.0
    return {
        "week_expected_revenue": round(float(np.round(expected, _CENTS).sum()), _CENTS),
        "week_revenue_low": round(float(interval[0]), _CENTS),
        "week_revenue_high": round(float(interval[1]), _CENTS),
        "week_upper_bound": float(plan.upper_bound),
        "week_gap": float(plan.gap),
        "week_relaxed": "; ".join(plan.relaxed) or None,
        "week_binding": _binding_text(plan, dollars) or None,
        "week_bound_joint": float(plan.bound_joint),
        "week_conflict_cost": round(max(alone - planned, 0.0), _CENTS),
    }


def _binding_text(plan: WeekPlan, dollars: float) -> str:
    """Rules that hold the week down, what holds it most first."""
    ranked = sorted(plan.binding, key=lambda binding: (-binding.worth, binding.rule))
    return "; ".join(f"{b.rule}: {b.change}, about ${b.worth * dollars:,.2f}" for b in ranked)


def _what(schedule: str, message: PlannedMessage, caption: Mapping[str, Any]) -> dict[str, Any]:
    send_at = _EPOCH + timedelta(minutes=int(message.time))
    return {
        "schedule_id": schedule,
        "status": "proposed",
        "is_locked": False,
        "is_price_test": False,
        "message_id": message_id(schedule, send_at, message.caption_key),
        "send_at": send_at,
        "price": float(message.price),
        "caption_id": caption["caption_id"],
        "caption_key": message.caption_key,
        "caption_text": caption["caption_text"],
        "content_category": caption["content_category"],
        "content_type": caption["content_type"],
    }


def _why(
    page: PlannedPage,
    message: PlannedMessage,
    caption: Mapping[str, Any],
    response: PageResponse,
    choice: Choice | None,
    given_up: float,
) -> dict[str, Any]:
    is_explored = choice is not None and choice.is_explored
    note = strategy_note(
        page.slots.slice(message.slot, 1).to_pylist()[0],
        caption,
        message.price,
        response,
        is_prime=bool(page.problem.slot_is_prime[message.slot]),
        is_explored=is_explored,
    )
    if choice is None:
        return {"strategy_note": note}
    cost = round(given_up, _CENTS) if is_explored else 0.0
    if is_explored:
        told = f"gives up ${cost:,.2f}" if cost >= 0 else f"expected to earn ${-cost:,.2f} more"
        chance = f"drawn by chance (probability {choice.propensity:.2g}) to learn"
        note = f"Exploration: {chance}, {told}; {note}"
    return {
        "strategy_note": note,
        "is_explored": is_explored,
        "propensity": choice.propensity,
        "revenue_given_up": cost,
    }


def strategy_note(
    slot: Mapping[str, Any],
    caption: Mapping[str, Any],
    price: float,
    response: PageResponse,
    *,
    is_prime: bool,
    is_explored: bool,
) -> str:
    """Why this hour, price and caption, in one line of checkable figures."""
    hour = int(slot["local_hour"])
    index = float(np.exp(response.hour[hour] - np.log(np.mean(np.exp(response.hour)))))
    place = "Prime" if is_prime else "Off-prime"
    timing = f"{place} {slot['daypart']} hour, {index:.2f} x the day's mean"
    sends = int(caption["caption_sends"] or 0)
    if sends:
        times = f"{sends} time{'s' if sends != 1 else ''}"
        effect = float(np.exp(response.shared.over_untried(_places(response, [caption]))[0]))
        history = f"caption sent {times}, sells {effect:.2f} x an untried one"
    else:
        tier = caption["price_tier"]
        like = f"other untried ones of its price tier ({tier})" if tier else "other untried ones"
        history = f"caption not sent before, taken to be like {like}"
    energy = caption["energy"]
    mood = "" if energy == "neutral" else f", {energy} energy"
    holiday = f"; {slot['holiday_name']}" if slot["holiday_name"] else ""
    demand = "is tried" if is_explored else "suits the page's demand"
    return f"{timing}; ${price:g} {demand}; {history}{mood}{holiday}"
