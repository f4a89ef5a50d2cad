"""The candidate captions that can be in a best week, by proven dominance or at given prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from scheduler.solver.rules import OF_CAPTIONS, OF_PAGE, PER_DAY
from scheduler.solver.rules.terms import Captions
from scheduler.solver.week_problem import DAYS, Float, Int, PageProblem

# Most messages a day of one label, by rule per day.
DayCaps = Mapping[str, int]


def stated_caps(problem: PageProblem) -> DayCaps:
    """The caps of the rules per day as the problem states them."""
    return {rule.name: rule.cap(problem) for rule in PER_DAY}


def reduce_captions(problem: PageProblem, day_size: Int, caps: DayCaps) -> Captions:
    """Keep a caption only when fewer than m others beat it in every daypart.

    m is the most messages that captions with its labels can have in a week. A week that uses a
    caption beaten by m others leaves one of those unused, and changing to it loses nothing.
    """
    return _keep(problem, day_size, caps, _undominated)


def priced_captions(problem: PageProblem, day_size: Int, caps: DayCaps, price: Float) -> Captions:
    """Keep the captions with a price (k,) and the best of each group without one in each daypart.

    Nothing else can be chosen at these prices when a caption may be used more than once.
    """

    def keep(group: Int, score: Float, m: int) -> Int:
        free = group[price[group] <= 0]
        best = free[score[free].argmax(axis=0)] if len(free) else free
        return np.union1d(group[price[group] > 0], best) if m > 0 else group[:0]

    return _keep(problem, day_size, caps, keep)


def _keep(
    problem: PageProblem,
    day_size: Int,
    caps: DayCaps,
    keep: Callable[[Int, Float, int], Int],
) -> Captions:
    """What `keep` leaves of each group of captions that all rules see alike: m in a week."""
    locked = {f.caption_key for f in problem.fixed}
    free = np.array([key not in locked for key in problem.caption_keys], dtype=bool)
    score = problem.caption_value[:, None] * problem.caption_daypart_factor
    most = problem.n_max - len(problem.fixed)
    rules = (*PER_DAY, *(rule for rule in OF_PAGE if rule not in PER_DAY))
    labels = np.stack([rule.label(problem) for rule in rules], axis=1)
    kept: list[Int] = []
    cells: list[tuple[int, ...]] = []
    rooms: dict[tuple[str, int], Int] = {}
    for group in np.unique(labels[free], axis=0).tolist():
        cell = tuple(group[: len(PER_DAY)])
        m = most
        for rule, label in zip(PER_DAY, cell, strict=True):
            room = rule.room(problem, label, day_size, caps[rule.name])
            rooms[rule.name, label] = room
            m = min(m, int(room.sum()))
        members = keep(np.flatnonzero(free & (labels == group).all(axis=1)), score, m)
        if len(members):
            kept.append(members)
            cells += [cell] * len(members)
    index = np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
    starts = [i for i, cell in enumerate(cells) if i == 0 or cell != cells[i - 1]]
    label, room_of = _label(problem, index, rooms)
    return Captions(index, score[index], label, room_of, np.array(starts, dtype=np.int64))


def _label(
    problem: PageProblem, index: Int, rooms: Mapping[tuple[str, int], Int]
) -> tuple[dict[str, Int], dict[str, Int]]:
    """Labels of the candidates left, those per day numbered without gaps, and their room."""
    labels = {rule.name: rule.labels_of(problem, index) for rule in OF_CAPTIONS}
    room = {}
    for rule in PER_DAY:
        own = labels[rule.name]
        numbers = np.unique(own[own >= 0])
        labels[rule.name] = np.where(own >= 0, np.searchsorted(numbers, own), -1)
        columns = [rooms[rule.name, label] for label in numbers.tolist()]
        room[rule.name] = np.array(columns, dtype=np.int64).reshape(len(columns), DAYS).T
    return labels, room


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
