"""From a solved week to the rows of `schedule_templates`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from scheduler.marts.content_ids import message_id
from scheduler.marts.schedules import TEMPLATE_SCHEMA
from scheduler.planning.notes import strategy_note
from scheduler.planning.page_problem import PlannedPage
from scheduler.planning.projection import caption_places, multiplied, projected
from scheduler.planning.promised import Kept
from scheduler.planning.reasons import Reason, week_reasons
from scheduler.response import PageResponse
from scheduler.response.read.uncertainty import Planned
from scheduler.response.rows import FloatArray
from scheduler.solver import Choice, ExploredWeek, PlannedMessage, WeekPlan

_EPOCH = datetime(1970, 1, 1)
_CENTS = 2
_STANDING = (
    "is_locked", "is_price_test", "message_id", "send_at", "price", "caption_id", "caption_key",
    "caption_text", "content_category", "content_type", "strategy_note",
)  # fmt: skip
"""Columns of a kept message that no plan changes."""


@dataclass(frozen=True)
class Words:
    """What is known of a week's messages beside their figures, in time order.

    Attributes:
        reasons: the evidence behind each.
        notes: checked notes of the agents; empty where the computed one stands.
        locked: whether an agent wants it kept when the week is planned anew.
    """

    reasons: Sequence[Reason]
    notes: Sequence[str] = ()
    locked: Sequence[bool] = ()


def template_rows(
    schedule: str,
    page: PlannedPage,
    plan: WeekPlan,
    response: PageResponse,
    common: Mapping[str, Any],
    explored: ExploredWeek | None = None,
    words: Words | None = None,
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
        words: what is known of each message beside its figures; None: found here.
    """
    words = words or Words(week_reasons(page, plan, response, explored))
    messages = plan.messages if explored is None else explored.messages
    choices = (None,) * len(messages) if explored is None else explored.choices
    # Exploration moves no message: both weeks tire alike.
    fatigue = page.tired(plan.messages)
    planned = projected(multiplied(plan.messages, fatigue.correction), response)
    expected = projected(multiplied(messages, fatigue.correction), response)
    foretold = _foretold(page, messages)
    for index, row in foretold.items():
        planned[index] = expected[index] = row["expected_revenue"]
    given_up = (planned - expected).tolist()
    prices = np.asarray([message.price for message in messages])
    blank = dict.fromkeys(TEMPLATE_SCHEMA.names) | dict(common) | {"page_name": plan.page_name}
    sent = page.sent_of(messages)
    covariance = response.uncertainty.excess(
        planned_messages(page, messages, response, fatigue.stock)
    )
    low, high = response.interval(expected, prices, covariance)
    for index, row in foretold.items():
        low[index], high[index] = row["revenue_low"], row["revenue_high"]
    week = response.week_interval(expected, prices, covariance)
    blank |= _week_figures(page, plan, float(planned.sum()), expected, week)
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
            | ({"is_locked": True} if words.locked and words.locked[index] else {})
            | _why(words, index, choice, given_up[index])
        )
        for index, (message, choice) in enumerate(zip(messages, choices, strict=True))
    ]


def planned_messages(
    page: PlannedPage,
    messages: Sequence[PlannedMessage],
    response: PageResponse,
    stock: FloatArray,
) -> Planned:
    """What sets messages of a week apart for the response.

    Args:
        page: their problem.
        messages: the messages, free or fixed.
        response: the page's.
        stock: of each message, as `WeekFatigue.of_plan` has it.
    """
    sent, places = page.sent_of(messages), page.places_of(messages)
    return response.planned(
        np.array([place["local_hour"] for place in places], dtype=np.int64),
        np.array([place["iso_weekday"] for place in places], dtype=np.int64),
        [caption["content_category_key"] for caption in sent],
        caption_places(response, sent),
        np.asarray([message.price for message in messages]),
        stock,
        _since(sent, messages),
    )


def marked(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a starter week, whose notes say that they rest on other pages."""
    start = "Starter week, from other pages' averages: "
    return [
        {**row, "strategy_note": start + row["strategy_note"].removeprefix(start)} for row in rows
    ]


def _foretold(page: PlannedPage, messages: Sequence[PlannedMessage]) -> dict[int, Kept]:
    """Messages whose time is over, by their place in the week: nothing is foretold of them anew."""
    fixed = {i: page.kept[m.fixed] for i, m in enumerate(messages) if m.fixed >= 0}
    return {index: row for index, row in fixed.items() if row.get("is_due")}


def _as_it_was(schedule: str, kept: Kept) -> dict[str, Any]:
    """A kept message to the byte, under the id it had.

    Of a locked one nothing is drawn by chance any more: that it stays is a person's choice.
    """
    drawn = ("is_explored", "propensity", "revenue_given_up")
    is_free = kept["is_locked"] and not kept.get("is_due")
    return {
        "schedule_id": schedule,
        "status": "proposed",
        **{name: kept[name] for name in _STANDING},
        **{name: None if is_free else kept[name] for name in drawn},
    }


def _since(captions: Sequence[Mapping[str, Any]], messages: Sequence[PlannedMessage]) -> FloatArray:
    """Days since the page last sent each message's caption; NaN when never."""
    ago = [
        np.nan
        if caption["last_used_at"] is None
        else message.time / 1440 - (caption["last_used_at"] - _EPOCH) / timedelta(days=1)
        for caption, message in zip(captions, messages, strict=True)
    ]
    return np.asarray(ago, dtype=np.float64)


def _week_figures(
    page: PlannedPage,
    plan: WeekPlan,
    planned: float,
    expected: FloatArray,
    interval: tuple[float, float],
) -> dict[str, Any]:
    """What every row says of its whole week; gap, bound and rules are those of the plan.

    `planned` is what the plan is believed to earn, `expected` what is sent after exploration.
    """
    # What a unit of the objective is in projected dollars.
    dollars = planned / plan.objective if plan.objective > 0 else 0.0
    return {
        "week_expected_revenue": round(float(np.round(expected, _CENTS).sum()), _CENTS),
        "week_revenue_low": round(float(interval[0]), _CENTS),
        "week_revenue_high": round(float(interval[1]), _CENTS),
        "week_upper_bound": float(plan.upper_bound),
        "week_gap": float(plan.gap),
        "week_relaxed": "; ".join((*page.given_up, *plan.relaxed)) or None,
        "week_binding": _binding_text(plan, dollars) or None,
        "week_bound_joint": float(plan.bound_joint),
        "week_conflict_cost": round(max(plan.conflict_cost, 0.0) * dollars, _CENTS),
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


def _why(words: Words, index: int, choice: Choice | None, given_up: float) -> dict[str, Any]:
    reason, note = words.reasons[index], words.notes[index] if words.notes else ""
    if choice is None:
        return {"strategy_note": note or strategy_note(reason)}
    cost, chance = 0.0, ""
    if choice.is_explored:
        cost = round(given_up, _CENTS)
        told = f"gives up ${cost:,.2f}" if cost >= 0 else f"expected to earn ${-cost:,.2f} more"
        drawn = f"drawn by chance (probability {choice.propensity:.2g}) to learn"
        chance = f"Exploration: {drawn}, {told}."
    return {
        "strategy_note": f"{chance} {note}".strip() if note else strategy_note(reason, chance),
        "is_explored": choice.is_explored,
        "propensity": choice.propensity,
        "revenue_given_up": cost,
    }
