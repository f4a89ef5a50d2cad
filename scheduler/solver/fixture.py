"""A page's week with its places kept, ready to be given other captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.solver import rules
from scheduler.solver.assign import Places
from scheduler.solver.objective import Event, Pick, timeline
from scheduler.solver.problem import DAYS, Int, PageProblem


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
    the plan itself had to overstep mix or categories, the places may overstep them as far again.
    """
    events = timeline(original, picks)
    free = [e for e in events if e.fixed < 0]
    slots = np.array([e.slot for e in free], dtype=np.int64)
    w = np.minimum([e.week_before for e in free], problem.fatigue.shape[1] - 1).astype(np.int64)
    d = np.minimum([e.day_before for e in free], problem.fatigue.shape[2] - 1).astype(np.int64)
    weight = problem.slot_factor[slots] * problem.slot_choice_weight[slots]
    weight = weight * problem.fatigue[slots, w, d]
    score = problem.caption_value[:, None] * problem.caption_daypart_factor
    low, high = rules.explicit_range(problem, len(events))
    locked = sum(f.is_explicit for f in problem.fixed)
    now = int(original.caption_is_explicit[[e.caption for e in free]].sum())
    places = Places(
        score=weight[:, None] * score[:, problem.slot_daypart[slots]].T,
        day=problem.slot_day[slots],
        is_explicit=problem.caption_is_explicit,
        category=problem.caption_category,
        explicit_low=min(low - locked, now),
        explicit_high=max(high - locked, now),
        room=_room(original, free),
    )
    return Fixture(problem, slots, places)


def _room(problem: PageProblem, free: Sequence[Event]) -> Int:
    categories = int(problem.caption_category.max(initial=-1)) + 1
    room = np.full((DAYS, categories), problem.category_per_day_max, dtype=np.int64)
    for f in problem.fixed:
        if f.category < categories:
            room[f.day, f.category] -= 1
    now = np.zeros_like(room)
    for e in free:
        now[e.day, problem.caption_category[e.caption]] += 1
    return np.maximum(room, now)
