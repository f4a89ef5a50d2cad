"""Why a message is planned as it is: the evidence behind its hour, price and caption."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from scheduler.planning.alternatives import alternatives
from scheduler.planning.page_problem import PlannedPage
from scheduler.planning.projection import caption_places, projected
from scheduler.response import PageResponse
from scheduler.solver import ExploredWeek, PageProblem, PlannedMessage, WeekPlan


@dataclass(frozen=True)
class Reason:
    """The evidence behind one planned message; the columns of the mart `schedule_reasons`.

    Attributes:
        hour_index: revenue at this local hour over the page's mean hour, all else equal.
        is_prime: one of the page's prime hours.
        price: dollars.
        price_revenue: projected dollars at it.
        lower_price: the next price below that the page may ask; None: there is none.
        lower_price_revenue: projected dollars at that.
        higher_price: the next one above.
        higher_price_revenue: projected dollars at that.
        caption_sends: messages that the caption was in, all pages; 0: never sent.
        caption_score: revenue over that of a caption nobody sent, all else equal.
        caption_days_since: whole days since this page last sent it; None: never here.
        energy: the caption's energy.
        daypart: part of the day.
        energy_suits: the energy suits that part of the day.
        price_tier: of a caption nobody sent, the bank's; empty for none.
        holiday: its name; empty for none.
        runner_up_caption_id: the best other caption for this place that keeps every rule.
        runner_up_loss: projected dollars that the week would lose with it; below 0 where the plan
            gives dollars for balance over the week.
    """

    local_hour: int
    daypart: str
    is_prime: bool
    hour_index: float
    price: float
    price_revenue: float
    lower_price: float | None
    lower_price_revenue: float | None
    higher_price: float | None
    higher_price_revenue: float | None
    caption_sends: int
    caption_score: float
    caption_days_since: int | None
    energy: str
    energy_suits: bool
    price_tier: str
    holiday: str
    runner_up_caption_id: int | None
    runner_up_loss: float | None

    def columns(self) -> dict[str, Any]:
        """As a row of `schedule_reasons`."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def week_reasons(
    page: PlannedPage,
    plan: WeekPlan,
    response: PageResponse,
    explored: ExploredWeek | None = None,
    taken: Collection[str] = (),
) -> tuple[Reason, ...]:
    """The evidence behind each message of a week, in time order.

    Args:
        page: the problem with the mart rows behind its indices.
        plan: the solved week.
        response: the page's.
        explored: the week after exploration; None: it is sent as planned.
        taken: captions of other pages' weeks.
    """
    messages = plan.messages if explored is None else explored.messages
    problem = page.problem
    # By key: a plan made anew without some captions numbers the others differently.
    place = {key: index for index, key in enumerate(problem.caption_keys)}
    free = [message for message in messages if message.fixed < 0]
    picks = [(message.slot, place[message.caption_key]) for message in free]
    correction = page.tired(plan.messages).correction
    rows, slots = page.sent_of(messages), page.places_of(messages)
    reasons = []
    for index, (planned, sent) in enumerate(zip(plan.messages, messages, strict=True)):
        unit, other = 0.0, list[int]()
        if sent.fixed < 0:
            # dollars of a caption of value 1 at this place
            unit = planned.expected / problem.caption_value[place[planned.caption_key]]
            at = next(pick for pick, message in enumerate(free) if message is sent)
            other = alternatives(problem, picks, at, taken, 1)
        reasons.append(
            Reason(
                **_when(slots[index], response, is_prime=_is_prime(problem, sent)),
                **_prices(page, sent, rows[index], response, correction[index]),
                **_caption_facts(problem, place, sent, rows[index], slots[index], response),
                **_instead(page, other, sent, unit, correction[index], response),
            )
        )
    return tuple(reasons)


def _is_prime(problem: PageProblem, sent: PlannedMessage) -> bool:
    if sent.fixed >= 0:
        return problem.fixed[sent.fixed].is_prime
    return bool(problem.slot_is_prime[sent.slot])


def _when(slot: Mapping[str, Any], response: PageResponse, *, is_prime: bool) -> dict[str, Any]:
    hour = int(slot["local_hour"])
    index = float(np.exp(response.hour[hour] - np.log(np.mean(np.exp(response.hour)))))
    return {
        "local_hour": hour,
        "daypart": slot["daypart"],
        "is_prime": is_prime,
        "hour_index": _figure(index),
        "holiday": slot["holiday_name"] or "",
    }


def _prices(
    page: PlannedPage,
    sent: PlannedMessage,
    caption: Mapping[str, Any],
    response: PageResponse,
    correction: float,
) -> dict[str, Any]:
    """The price and its neighbours among those that the page may ask, each with its dollars."""
    points, key = page.prices, caption["content_category_key"]
    lower = max((point for point in points if point < sent.price), default=None)
    higher = min((point for point in points if point > sent.price), default=None)
    asked = np.asarray([price for price in (sent.price, lower, higher) if price is not None])
    level = np.log(response.audience) + response.log_base + response.content([key])
    level = level + response.caption(caption_places(response, [caption]), None)
    worth = np.exp(level + response.log_price(key, asked) + np.log(asked))
    worth = response.saturated(worth, asked, page.moment)
    dollars = sent.expected * correction * worth / worth[0]
    believed = [_figure(value) for value in projected(dollars, response).tolist()]
    rest = iter(believed[1:])
    return {
        "price": float(sent.price),
        "price_revenue": believed[0],
        "lower_price": lower,
        "lower_price_revenue": None if lower is None else next(rest),
        "higher_price": higher,
        "higher_price_revenue": None if higher is None else next(rest),
    }


def _caption_facts(
    problem: PageProblem,
    place: Mapping[str, int],
    sent: PlannedMessage,
    caption: Mapping[str, Any],
    slot: Mapping[str, Any],
    response: PageResponse,
) -> dict[str, Any]:
    score = float(np.exp(response.shared.over_untried(caption_places(response, [caption]))[0]))
    used = caption["last_used_at"]
    days = None if used is None else (slot["local_at"].date() - used.date()).days
    if sent.fixed >= 0:
        factor = caption["energy_factor"]
    else:
        daypart = problem.slot_daypart[sent.slot]
        factor = problem.caption_daypart_factor[place[sent.caption_key], daypart]
    return {
        "caption_sends": int(caption["caption_sends"] or 0),
        "caption_score": _figure(score),
        "caption_days_since": days,
        "energy": caption["energy"],
        "energy_suits": bool(factor >= 1.0),
        "price_tier": caption["price_tier"] or "",
    }


def _instead(
    page: PlannedPage,
    other: Sequence[int],
    sent: PlannedMessage,
    unit: float,
    correction: float,
    response: PageResponse,
) -> dict[str, Any]:
    """The runner-up and what it would lose; nothing where the rules allow none."""
    if not other:
        return {"runner_up_caption_id": None, "runner_up_loss": None}
    problem, caption = page.problem, other[0]
    dollars = np.array([sent.expected, unit * problem.caption_value[caption]]) * correction
    own, instead = projected(dollars, response).tolist()
    caption_id = page.captions.column("caption_id")[caption].as_py()
    return {"runner_up_caption_id": caption_id, "runner_up_loss": _figure(own - instead)}


def _figure(value: float) -> float:
    """To 6 significant digits, as evidence is stored."""
    return float(f"{value:.6g}")
