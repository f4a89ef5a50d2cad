"""All pages' places and captions in one assignment: a caption goes where it is worth most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from scheduler.solver import rules
from scheduler.solver.assign import Places, assign_priced
from scheduler.solver.objective import Event, Pick, timeline
from scheduler.solver.problem import DAYS, Float, Int, PageProblem

_ROUNDS = 3


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


def share_out(fixtures: Sequence[Fixture]) -> list[Int]:
    """For each page the caption of each place (-1: none left), no key twice; mix nearly kept.

    One assignment over all pages maximises the sum of objectives; rules that the pages' own prices
    miss are priced once more, page by page, before the next round.
    """
    keys = sorted({k for f in fixtures for k in f.problem.caption_keys})
    column = {key: i for i, key in enumerate(keys)}
    columns = [
        np.array([column[k] for k in f.problem.caption_keys], dtype=np.int64) for f in fixtures
    ]
    prices = [_own_prices(f.places) for f in fixtures]
    result: list[Int] = []
    for _ in range(_ROUNDS):
        result = _assign_all(fixtures, columns, prices, len(keys))
        moved = [_reprice(f.places, r, p) for f, r, p in zip(fixtures, result, prices, strict=True)]
        if not any(moved):
            break
    return result


@dataclass
class _Prices:
    explicit: float
    category: Float
    unit: float


def _own_prices(places: Places) -> _Prices:
    _, explicit, category = assign_priced(places, 0.0, np.zeros(places.room.shape))
    unit = float(places.score.max(axis=1).mean()) if places.score.size else 0.0
    return _Prices(explicit, category, 0.1 * unit)


def _assign_all(
    fixtures: Sequence[Fixture], columns: list[Int], prices: list[_Prices], width: int
) -> list[Int]:
    sizes = [len(f.slots) for f in fixtures]
    total = sum(sizes)
    # a place left empty costs more than any caption brings
    worst = -10.0 * sum(float(f.places.score.max(initial=0.0)) for f in fixtures) - 1.0
    table = np.full((total, width + total), worst)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    for f, cols, p, start in zip(fixtures, columns, prices, starts, strict=False):
        value = f.places.score - p.explicit * f.places.is_explicit[None, :]
        value = value - p.category[f.places.day][:, f.places.category]
        table[start : start + len(f.slots), cols] = value
    _, chosen = linear_sum_assignment(table, maximize=True)
    out = []
    for f, cols, start in zip(fixtures, columns, starts, strict=False):
        back = np.full(width + total, -1, dtype=np.int64)
        back[cols] = np.arange(len(cols))
        out.append(back[chosen[start : start + len(f.slots)]])
    return out


def _reprice(places: Places, chosen: Int, prices: _Prices) -> bool:
    """Move a page's prices against the rules its captions break; whether any was broken."""
    if (chosen < 0).any() or places.is_valid(chosen):
        return False
    explicit = int(places.is_explicit[chosen].sum())
    over = max(explicit - places.explicit_high, 0) - max(places.explicit_low - explicit, 0)
    prices.explicit += prices.unit * over
    prices.category = prices.category + prices.unit * np.maximum(
        places.used(chosen) - places.room, 0
    )
    return True
