"""The week's places in time order: usable slots and locked messages, and who may follow whom."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scheduler.solver.rules.spacing import least_spacing
from scheduler.solver.rules.terms import DayRun, Nodes
from scheduler.solver.week_problem import DAYS, Bool, Int, PageProblem


def build_nodes(problem: PageProblem) -> Nodes:
    """Places of a page's week; slots too near a locked message or the neighbour weeks are out."""
    least, locked = least_spacing(problem), problem.fixed
    times = np.array([f.time for f in locked], dtype=np.int64)
    usable = _usable(problem, times, least)
    none = np.full(len(locked), -1, dtype=np.int64)
    slot = np.concatenate([usable, none])
    fixed = np.concatenate([np.full(len(usable), -1), np.arange(len(locked))]).astype(np.int64)
    time = np.concatenate([problem.slot_time[usable], times])
    order = np.lexsort((fixed, time))

    def column(of_slot: Int | Bool, of_fixed: list[int] | list[bool]) -> Int:
        both = np.concatenate([of_slot[usable], np.array(of_fixed, dtype=of_slot.dtype)])
        return np.asarray(both[order], dtype=np.int64)

    day = column(problem.slot_day, [f.day for f in locked])
    daypart = column(problem.slot_daypart, [f.daypart for f in locked])
    prime = column(problem.slot_is_prime, [f.is_prime for f in locked]).astype(np.bool_)
    weekend = column(problem.slot_is_weekend, [f.is_weekend for f in locked]).astype(np.bool_)
    slot, fixed, time = slot[order], fixed[order], time[order]
    same, prev, locked_row = _look_back(time, day, fixed, least)
    before = _most_before(time, fixed, least)
    after = _most_before(-time[::-1], fixed[::-1], least)[::-1]
    runs = [np.flatnonzero(day == d) for d in range(DAYS)]
    today = [_most_before(time[r], fixed[r], least) for r in runs]
    return Nodes(
        *(slot, fixed, day, daypart, prime, weekend, same, prev, locked_row),
        day_runs=tuple(_run(r, fixed) for r in runs if len(r)),
        before=before,
        after=after,
        today=np.concatenate(today),
        day_size=np.array([int(t.max(initial=-1)) + 1 for t in today]),
        size=int(before.max(initial=-1)) + 1,
    )


def _usable(problem: PageProblem, locked_time: Int, least: int) -> Int:
    """Slots far enough from the neighbour weeks and from every locked message."""
    gap = np.minimum(
        problem.slot_time - problem.earliest_time, problem.latest_time - problem.slot_time
    )
    if len(locked_time):
        nearest = np.abs(problem.slot_time[:, None] - locked_time[None, :]).min(axis=1)
        gap = np.minimum(gap, nearest)
    return np.flatnonzero(gap >= least).astype(np.int64)


def _look_back(time: Int, day: Int, fixed: Int, least: int) -> tuple[Int, Int, Int]:
    """`same_row`, `prev_row` and `locked_row` of `Nodes`."""
    n = len(time)
    place = np.arange(n)
    locked_row = np.maximum.accumulate(np.where(fixed >= 0, place + 1, 0))
    # a locked message stands where it is: spacing never forbids what precedes it
    reach = np.searchsorted(time, time - least, side="right")
    reach = np.where(fixed >= 0, place, np.minimum(reach, place))
    day_first = np.searchsorted(day, day, side="left")
    before = np.concatenate([[0], locked_row])[:n]
    same = np.where((reach > day_first) & (reach >= before), reach, 0)
    prev = np.minimum(reach, day_first)
    prev = np.where(prev >= before, prev, n + 1)
    rows = np.concatenate([[0], locked_row, [0]])
    return same.astype(np.int64), prev.astype(np.int64), rows.astype(np.int64)


def _most_before(time: Int, fixed: Int, least: int) -> Int:
    """Most messages before each place: the earliest possible next one, again and again."""
    count, last, out = 0, -np.inf, []
    for t, f in zip(time.tolist(), fixed.tolist(), strict=True):
        if f >= 0 or t - last >= least:
            out.append(count)
            count, last = count + 1, t
        else:
            # the last one counted may be moved here, so it does not come before
            out.append(count - 1)
    return np.array(out, dtype=np.int64)


def _run(places: Int, fixed: Int) -> DayRun:
    start, end = int(places[0]), int(places[-1]) + 1
    cuts = [start, *(int(i) for i in places[1:] if fixed[i] >= 0), end]
    return start, end, tuple((a, b) for a, b in pairwise(cuts))
