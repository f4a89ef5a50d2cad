"""A page's week with its places kept, ready to be given other captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.solver.engine.assignment import Places
from scheduler.solver.rules import OF_PAGE, PricedRule
from scheduler.solver.rules.rule import Bounds
from scheduler.solver.valuation import Event, Pick, timeline
from scheduler.solver.week_problem import Int, PageProblem


@dataclass(frozen=True, eq=False)
class Fixture:
    """One page's places, kept as its own plan chose them.

    Attributes:
        problem: its candidates may be anyone's, save what is locked elsewhere.
        slots: (n,) slot of each free place, in time order. `places`: what the places ask for.
    """

    problem: PageProblem
    slots: Int
    places: Places


def fixture(original: PageProblem, problem: PageProblem, picks: Sequence[Pick]) -> Fixture:
    """The places of a page's plan.

    `picks` index `original`; `problem` is the same page with the candidates it may be given. Where
    the plan itself had to overstep a rule on captions, the places may overstep it as far again.
    """
    events = timeline(original, picks)
    free = [e for e in events if e.fixed < 0]
    slots = np.array([e.slot for e in free], dtype=np.int64)
    w = np.minimum([e.week_before for e in free], problem.fatigue.shape[1] - 1).astype(np.int64)
    d = np.minimum([e.day_before for e in free], problem.fatigue.shape[2] - 1).astype(np.int64)
    weight = problem.slot_factor[slots] * problem.slot_choice_weight[slots]
    weight = weight * problem.fatigue[slots, w, d]
    score = problem.caption_value[:, None] * problem.caption_daypart_factor
    labels = {rule.name: _labels(rule, original) for rule in OF_PAGE if rule.per_day}
    places = Places(
        score=weight[:, None] * score[:, problem.slot_daypart[slots]].T,
        day=problem.slot_day[slots],
        label={rule.name: rule.label(problem) for rule in OF_PAGE},
        labels=labels,
        bounds={
            rule.name: _bounds(rule, original, free, len(events), labels.get(rule.name, 0))
            for rule in OF_PAGE
        },
    )
    return Fixture(problem, slots, places)


def _labels(rule: PricedRule, problem: PageProblem) -> int:
    """How many labels a rule per day has."""
    return int(rule.label(problem).max(initial=-1)) + 1


def _bounds(
    rule: PricedRule, problem: PageProblem, free: Sequence[Event], n: int, labels: int
) -> Bounds:
    """What the rule asks of the free messages of a week of n, no tighter than the week itself."""
    low, high = rule.stated_bounds(problem, n, labels)
    label = rule.label(problem)[[e.caption for e in free]]
    days = np.array([e.day for e in free], dtype=np.int64)
    now = rule.count(rule.rows_of(label, days, labels), len(high))
    return np.minimum(low, now), np.maximum(high, now)
