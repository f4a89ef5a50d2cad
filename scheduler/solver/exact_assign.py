"""Captions for given places by a small MILP: the way out when prices alone keep missing a rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.solver.assign import Places
from scheduler.solver.milp import Model, Program
from scheduler.solver.problem import Float, Int

# Arcs (place, caption) above which only the best of each place are offered.
_ALL_ARCS = 3_000
_BEST_PER_PLACE = 30
_BEST_PER_CATEGORY = 3
# (nodes, relative gap) at which the MILP stops.
_EFFORT = (100, 1e-4)


@dataclass(frozen=True, eq=False)
class Elastic:
    """Captions of the places, and by how much mix and categories had to give way."""

    chosen: Int
    mix_excess: float
    category_excess: float


def assign_elastic(places: Places, reduced: Float) -> Elastic | None:
    """The best captions that break mix and categories least; None when there are too few captions.

    `reduced` (n, k) ranks the captions of each place (score minus prices).
    """
    n, k = places.score.shape
    if n > k:
        return None
    at, caption = _arcs(places, reduced)
    top = max(float(places.score.max(initial=0.0)), 1e-9)
    model = Model()
    arcs = model.add_columns(places.score[at, caption], is_integer=True)
    mix = model.add_columns(np.full(2, -200.0 * top * n), is_integer=False, upper=float(n))
    pairs, pair_of = _pairs(places, at, caption)
    penalty = np.full(len(pairs), -10.0 * top * n)
    over = model.add_columns(penalty, is_integer=False, upper=float(n))
    model.add_rows(at, arcs, low=np.ones(n), high=np.ones(n))
    used, row = np.unique(caption, return_inverse=True)
    model.add_rows(row.reshape(-1), arcs, high=np.ones(len(used)))
    explicit = arcs[places.is_explicit[caption]]
    low, high = float(places.explicit_low), float(places.explicit_high)
    model.add_rows(
        np.zeros(len(explicit) + 2, dtype=np.int64),
        np.concatenate([explicit, mix]),
        np.concatenate([np.ones(len(explicit)), [1.0, -1.0]]),
        low=np.array([low]),
        high=np.array([max(high, low)]),
    )
    model.add_rows(
        np.concatenate([pair_of, np.arange(len(pairs))]),
        np.concatenate([arcs, over]),
        np.concatenate([np.ones(len(arcs)), -np.ones(len(pairs))]),
        high=places.room[pairs[:, 0], pairs[:, 1]].astype(np.float64),
    )
    solution = Program(model).solve(*_EFFORT)
    return None if solution.values is None else _read(solution.values, at, caption, n, mix, over)


def _read(values: Float, at: Int, caption: Int, n: int, mix: Int, over: Int) -> Elastic:
    chosen = np.zeros(n, dtype=np.int64)
    taken = values[: len(at)] > 0.5
    chosen[at[taken]] = caption[taken]
    return Elastic(chosen, float(values[mix].sum()), float(values[over].sum()))


def _arcs(places: Places, reduced: Float) -> tuple[Int, Int]:
    """(place, caption) pairs to offer: all when few, else the best of each place and category."""
    n, k = reduced.shape
    if n * k <= _ALL_ARCS:
        grid = np.indices((n, k)).reshape(2, -1)
        return grid[0], grid[1]
    keep = np.zeros((n, k), dtype=bool)
    order = np.argsort(-reduced, axis=1, kind="stable")
    np.put_along_axis(keep, order[:, :_BEST_PER_PLACE], values=True, axis=1)
    group = places.category * 2 + places.is_explicit
    for g in np.unique(group):
        members = np.flatnonzero(group == g)
        best = np.argsort(-reduced[:, members], axis=1, kind="stable")[:, :_BEST_PER_CATEGORY]
        np.put_along_axis(keep, members[best], values=True, axis=1)
    # so that the places can always be filled with distinct captions
    top = np.argsort(-places.score.max(axis=0), kind="stable")[:n]
    keep[:, top] = True
    at, caption = np.nonzero(keep)
    return at.astype(np.int64), caption.astype(np.int64)


def _pairs(places: Places, at: Int, caption: Int) -> tuple[Int, Int]:
    """Distinct (day, category) of the arcs, and which one each arc falls in."""
    both = np.stack([places.day[at], places.category[caption]], axis=1)
    pairs, of = np.unique(both, axis=0, return_inverse=True)
    return pairs, of.reshape(-1)
