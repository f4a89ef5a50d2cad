"""Checks any week against every rule. One rule, one function. Imports no solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduler.solver import rules
from scheduler.solver.objective import Event, Pick, timeline
from scheduler.solver.problem import PageProblem

HARD = ("candidates", "uniqueness", "spacing", "maximum")


@dataclass(frozen=True)
class Violation:
    """A broken rule: its name and what breaks it."""

    rule: str
    detail: str


def violations(problem: PageProblem, picks: Iterable[Pick]) -> list[Violation]:
    """Every rule that the week of these picks and the locked messages breaks, in a fixed order."""
    chosen = list(picks)
    bad = list(_candidates(problem, chosen))
    if bad:
        return bad
    events = timeline(problem, chosen)
    found: list[Violation] = []
    for rule in (_uniqueness, _spacing, _volume, _explicit, _prime, _category, _weekend, _days):
        found.extend(rule(problem, events))
    return found


def _candidates(problem: PageProblem, picks: Sequence[Pick]) -> Iterator[Violation]:
    for slot, caption in picks:
        if not (0 <= slot < len(problem.slot_time) and 0 <= caption < len(problem.caption_keys)):
            yield Violation("candidates", f"slot {slot} with caption {caption} is not offered")


def _key(problem: PageProblem, event: Event) -> str:
    if event.fixed >= 0:
        return problem.fixed[event.fixed].caption_key
    return problem.caption_keys[event.caption]


def _category_of(problem: PageProblem, event: Event) -> int:
    if event.fixed >= 0:
        return problem.fixed[event.fixed].category
    return int(problem.caption_category[event.caption])


def _uniqueness(problem: PageProblem, events: list[Event]) -> Iterator[Violation]:
    keys = Counter(_key(problem, e) for e in events)
    free = {_key(problem, e) for e in events if e.fixed < 0}
    # a locked price test may repeat a caption of another locked message
    for key, count in sorted(keys.items()):
        if count > 1 and key in free:
            yield Violation("uniqueness", f"caption {key} {count} times")
    slots = Counter(e.slot for e in events if e.slot >= 0)
    for slot, count in sorted(slots.items()):
        if count > 1:
            yield Violation("uniqueness", f"slot {slot} {count} times")


def _spacing(problem: PageProblem, events: list[Event]) -> Iterator[Violation]:
    least = rules.least_spacing(problem)
    for a, b in pairwise(events):
        if b.time - a.time < least and not (a.fixed >= 0 and b.fixed >= 0):
            yield Violation("spacing", f"{b.time - a.time} minutes, not {least}")
    for e in events:
        gap = min(e.time - problem.earliest_time, problem.latest_time - e.time)
        if e.fixed < 0 and gap < least:
            yield Violation("spacing", f"{gap} minutes to the neighbouring week, not {least}")


def _volume(problem: PageProblem, events: list[Event]) -> Iterator[Violation]:
    if len(events) > problem.n_max:
        yield Violation("maximum", f"{len(events)} messages, not {problem.n_max} or fewer")
    if len(events) < problem.n_min:
        yield Violation("minimum", f"{len(events)} messages, not {problem.n_min} or more")


def _explicit(problem: PageProblem, events: list[Event]) -> Iterator[Violation]:
    locked = sum(problem.fixed[e.fixed].is_explicit for e in events if e.fixed >= 0)
    count = locked + sum(
        bool(problem.caption_is_explicit[e.caption]) for e in events if e.fixed < 0
    )
    low, high = rules.explicit_range(problem, len(events))
    if not low <= count <= high:
        yield Violation("mix", f"{count} of {len(events)} explicit, not {low} to {high}")


def _prime(problem: PageProblem, events: list[Event]) -> Iterator[Violation]:
    locked = sum(problem.fixed[e.fixed].is_prime for e in events if e.fixed >= 0)
    count = locked + sum(bool(problem.slot_is_prime[e.slot]) for e in events if e.fixed < 0)
    needed = rules.prime_needed(problem, len(events))
    if count < needed:
        yield Violation("prime", f"{count} of {len(events)} in prime hours, not {needed}")


def _category(problem: PageProblem, events: list[Event]) -> Iterator[Violation]:
    counts = Counter((e.day, _category_of(problem, e)) for e in events)
    for (day, category), count in sorted(counts.items()):
        if count > problem.category_per_day_max:
            yield Violation("category", f"{count} of category {category} on day {day}")


def _weekend(problem: PageProblem, events: list[Event]) -> Iterator[Violation]:
    locked = sum(problem.fixed[e.fixed].is_weekend for e in events if e.fixed >= 0)
    count = locked + sum(bool(problem.slot_is_weekend[e.slot]) for e in events if e.fixed < 0)
    cap = rules.weekend_cap(problem, len(events))
    if count > cap:
        yield Violation("weekend", f"{count} of {len(events)} on the weekend, not {cap}")


def _days(problem: PageProblem, events: list[Event]) -> Iterator[Violation]:
    for day, count in sorted(Counter(e.day for e in events).items()):
        cap = rules.day_cap(problem, len(events), day)
        if count > cap:
            yield Violation("holiday", f"{count} of {len(events)} on day {day}, not {cap}")
