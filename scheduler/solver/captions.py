"""The candidate captions that can be in a best week, by proven dominance or at given prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.solver.problem import DAYS, Bool, Float, Int, PageProblem


@dataclass(frozen=True, eq=False)
class Captions:
    """Candidates left, sorted by (category, explicit, value descending, key).

    Attributes:
        index: (k,) caption index in the problem.
        score: (k, 4) value x daypart factor.
        is_explicit: (k,).
        category: (k,) 0..C-1, compact and ascending.
        room: (7, C) messages each category may still take on each day.
        starts: (C,) first candidate of each category.
    """

    index: Int
    score: Float
    is_explicit: Bool
    category: Int
    room: Int
    starts: Int


def reduce_captions(problem: PageProblem, day_size: Int, category_cap: int) -> Captions:
    """Keep a caption only when fewer than m others beat it in every daypart.

    m is the most messages its (category, explicit) group can have in a week. A week that uses a
    caption beaten by m others leaves one of those unused, and changing to it loses nothing.
    """
    return _keep(problem, day_size, category_cap, _undominated)


def priced_captions(
    problem: PageProblem, day_size: Int, category_cap: int, price: Float
) -> Captions:
    """Keep the captions with a price (k,) and the best of each group without one in each daypart.

    Nothing else can be chosen at these prices when a caption may be used more than once.
    """

    def keep(group: Int, score: Float, m: int) -> Int:
        free = group[price[group] <= 0]
        best = free[score[free].argmax(axis=0)] if len(free) else free
        return np.union1d(group[price[group] > 0], best) if m > 0 else group[:0]

    return _keep(problem, day_size, category_cap, keep)


def _keep(
    problem: PageProblem,
    day_size: Int,
    category_cap: int,
    keep: Callable[[Int, Float, int], Int],
) -> Captions:
    """What `keep` leaves of each (category, explicit) group that can have m messages in a week."""
    locked = {f.caption_key for f in problem.fixed}
    free = np.array([key not in locked for key in problem.caption_keys], dtype=bool)
    score = problem.caption_value[:, None] * problem.caption_daypart_factor
    most = problem.n_max - len(problem.fixed)
    kept: list[Int] = []
    rooms: list[Int] = []
    for category in np.unique(problem.caption_category[free]).tolist():
        room = _room(problem, category, day_size, category_cap)
        before = len(kept)
        for explicit in (False, True):
            group = free & (problem.caption_category == category)
            group &= problem.caption_is_explicit == explicit
            members = keep(np.flatnonzero(group), score, min(most, int(room.sum())))
            if len(members):
                kept.append(members)
        if len(kept) > before:
            rooms.append(room)
    return _pack(problem, score, kept, rooms)


def _room(problem: PageProblem, category: int, day_size: Int, category_cap: int) -> Int:
    taken = np.zeros(DAYS, dtype=np.int64)
    total = np.zeros(DAYS, dtype=np.int64)
    for f in problem.fixed:
        total[f.day] += 1
        taken[f.day] += f.category == category
    return np.asarray(np.maximum(np.minimum(category_cap - taken, day_size - total), 0))


def _undominated(group: Int, score: Float, m: int) -> Int:
    """Members with fewer than m others at least as good in every daypart (ties by index)."""
    if m <= 0:
        return group[:0]
    order = np.lexsort((group, -score[group].max(axis=1)))
    members = group[order]
    # of captions with one shape of daypart factors only the m best can matter: cheap first cut
    top = score[members].max(axis=1, keepdims=True)
    shape = np.round(score[members] / np.where(top > 0, top, 1.0), 9)
    _, kind = np.unique(shape, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    rank = np.zeros(len(members), dtype=np.int64)
    for k in range(int(kind.max(initial=-1)) + 1):
        rank[kind == k] = np.arange(int((kind == k).sum()))
    members = members[rank < m]
    own = score[members]
    beats = (own[:, None, :] >= own[None, :, :]).all(axis=2)
    position = np.arange(len(members))
    ahead = position[:, None] < position[None, :]
    better = beats & (~beats.T | ahead)
    np.fill_diagonal(better, False)
    return np.asarray(members[better.sum(axis=0) < m])


def _pack(problem: PageProblem, score: Float, kept: list[Int], rooms: list[Int]) -> Captions:
    index = np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
    _, category = np.unique(problem.caption_category[index], return_inverse=True)
    category = category.reshape(-1).astype(np.int64)
    room = np.array(rooms, dtype=np.int64).reshape(len(rooms), DAYS).T
    starts = np.searchsorted(category, np.arange(len(rooms)))
    explicit = problem.caption_is_explicit[index]
    return Captions(index, score[index], explicit, category, room, starts.astype(np.int64))
