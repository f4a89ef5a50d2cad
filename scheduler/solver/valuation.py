"""What a week is worth, as plain arithmetic over a problem and its picks. Imports no solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduler.solver.week_plan import PlannedMessage
from scheduler.solver.week_problem import PageProblem

Pick = tuple[int, int]


@dataclass(frozen=True)
class Event:
    """A message at its place in the week.

    Attributes:
        time: UTC minutes. `day`: local day 0..6.
        slot: slot index, -1 when locked. `caption`: caption index, -1 when locked.
        fixed: index of the locked message, -1 otherwise.
        week_before: messages of this week before it. `day_before`: of the same local day.
        choice: its part of the objective. `expected`: dollars, without the choice weights.
    """

    time: int
    day: int
    slot: int
    caption: int
    fixed: int
    week_before: int
    day_before: int
    choice: float
    expected: float


def timeline(problem: PageProblem, picks: Iterable[Pick]) -> list[Event]:
    """Every message of the week in time order, locked ones included, each with its value."""
    entries = [(int(problem.slot_time[s]), int(problem.slot_day[s]), s, k, -1) for s, k in picks]
    entries += [(f.time, f.day, -1, -1, i) for i, f in enumerate(problem.fixed)]
    by_day: Counter[int] = Counter()
    events = []
    for week_before, (time, day, slot, caption, fixed) in enumerate(sorted(entries)):
        choice, expected = _value(problem, (slot, caption, fixed), week_before, by_day[day])
        place = (week_before, by_day[day])
        events.append(Event(time, day, slot, caption, fixed, *place, choice, expected))
        by_day[day] += 1
    return events


def _value(
    problem: PageProblem, what: tuple[int, int, int], week_before: int, day_before: int
) -> tuple[float, float]:
    """Choice value and expected dollars of one message at its place."""
    slot, caption, fixed = what
    table = problem.fixed[fixed].fatigue if fixed >= 0 else problem.fatigue[slot]
    w, d = min(week_before, table.shape[0] - 1), min(day_before, table.shape[1] - 1)
    fatigue = float(table[w, d])
    if fixed >= 0:
        expected = problem.fixed[fixed].value * fatigue
        return expected * problem.fixed[fixed].choice_weight, expected
    expected = float(problem.slot_factor[slot]) * float(problem.caption_value[caption]) * fatigue
    energy = float(problem.caption_daypart_factor[caption, problem.slot_daypart[slot]])
    return expected * float(problem.slot_choice_weight[slot]) * energy, expected


def choice_value(problem: PageProblem, picks: Iterable[Pick]) -> float:
    """The objective: the sum of the messages' choice values, in time order.

    Each is slot factor x caption value x fatigue x slot choice weight x caption daypart factor.
    """
    return sum(event.choice for event in timeline(problem, picks))


def expected_revenue(problem: PageProblem, picks: Iterable[Pick]) -> float:
    """Expected dollars of the week before correction: the objective without choice weights."""
    return sum(event.expected for event in timeline(problem, picks))


def planned_messages(problem: PageProblem, picks: Iterable[Pick]) -> tuple[PlannedMessage, ...]:
    """The messages of a plan made of these picks and the locked messages."""
    messages = []
    for e in timeline(problem, picks):
        if e.fixed >= 0:
            key, price = problem.fixed[e.fixed].caption_key, problem.fixed[e.fixed].price
        else:
            key = problem.caption_keys[e.caption]
            price = float(problem.caption_price[e.caption])
        messages.append(PlannedMessage(e.slot, e.caption, e.fixed, e.time, key, price, e.expected))
    return tuple(messages)


def picks_of(messages: Sequence[PlannedMessage]) -> list[Pick]:
    """(slot, caption) of every message that is not locked."""
    return [(m.slot, m.caption) for m in messages if m.fixed < 0]
