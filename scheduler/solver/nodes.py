"""The week's places in time order: usable slots and locked messages, and who may follow whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.solver.problem import DAYS, Bool, Float, Int, PageProblem
from scheduler.solver.rules import least_spacing


@dataclass(frozen=True, eq=False)
class Nodes:
    """Places of the week. Row numbers start at 1; row 0 is the start of the week.

    Attributes:
        slot: (n,) slot index, -1 for a locked message. `fixed`: its index, -1 for a slot.
        day, daypart, is_prime, is_weekend: (n,) as in the problem.
        same_row: (n,) last row of the same day that keeps the spacing; 0 when there is none.
        prev_row: (n,) last row of earlier days that keeps it; 0 is the start of the week,
            n + 1 stands for "none, since a locked message lies between".
        first_row: (n + 2,) first row from which a path may still come, seen from each row: the
            last locked message at or before it, else 1.
        blocks: runs (from, to, is_prime) of rows of which none can follow another.
        day_size: most messages any day can hold. `size`: most messages the week can hold.
    """

    slot: Int
    fixed: Int
    day: Int
    daypart: Int
    is_prime: Bool
    is_weekend: Bool
    same_row: Int
    prev_row: Int
    first_row: Int
    blocks: tuple[tuple[int, int, bool], ...]
    day_size: Int
    size: int


def build_nodes(problem: PageProblem) -> Nodes:
    """Places of a page's week; slots too near a locked message or the neighbour weeks are out."""
    least = least_spacing(problem)
    fixed_time = np.array([f.time for f in problem.fixed], dtype=np.int64)
    gap = np.minimum(
        problem.slot_time - problem.earliest_time, problem.latest_time - problem.slot_time
    )
    if len(fixed_time):
        distance = np.abs(problem.slot_time[:, None] - fixed_time[None, :]).min(axis=1)
        gap = np.minimum(gap, distance)
    usable = np.flatnonzero(gap >= least)
    none = np.full(len(fixed_time), -1)
    slot = np.concatenate([usable, none]).astype(np.int64)
    fixed = np.concatenate([np.full(len(usable), -1), np.arange(len(fixed_time))]).astype(np.int64)
    time = np.concatenate([problem.slot_time[usable], fixed_time]).astype(np.int64)
    order = np.lexsort((fixed, time))
    slot, fixed, time = slot[order], fixed[order], time[order]
    flags = [
        np.array([getattr(problem.fixed[f], name) for f in fixed[fixed >= 0]])
        for name in ("day", "daypart", "is_prime", "is_weekend")
    ]
    columns = [problem.slot_day, problem.slot_daypart, problem.slot_is_prime]
    columns.append(problem.slot_is_weekend)
    kinds: tuple[type, ...] = (np.int64, np.int64, np.bool_, np.bool_)
    merged = [_merge(c, f, slot, fixed, k) for c, f, k in zip(columns, flags, kinds, strict=True)]
    return _link(slot, fixed, time, merged, least)


def _merge(column: Float, flags: Float, slot: Int, fixed: Int, kind: type) -> Float:
    out = np.zeros(len(slot), dtype=kind)
    out[fixed < 0] = column[slot[fixed < 0]]
    out[fixed >= 0] = flags
    return out


def _link(slot: Int, fixed: Int, time: Int, merged: list[Float], least: int) -> Nodes:
    """Look-back rows, blocks and sizes."""
    day, n = merged[0].astype(np.int64), len(slot)
    locked_row = np.maximum.accumulate(np.where(fixed >= 0, np.arange(1, n + 1), 0))
    # a locked message stands where it is: spacing never forbids what precedes it
    reach = np.searchsorted(time, np.where(fixed >= 0, time - 1, time - least), side="right")
    reach = np.minimum(np.where(fixed >= 0, np.arange(n), reach), np.arange(n)).astype(np.int64)
    day_first = np.searchsorted(day, day, side="left")
    before = np.concatenate([[0], locked_row])[:-1] if n else locked_row
    same = np.where((reach > day_first) & (reach >= before), reach, 0)
    prev = np.minimum(reach, day_first)
    prev = np.where(prev >= before, prev, n + 1)
    first = np.concatenate([[1], np.maximum(locked_row, 1), [1]]).astype(np.int64)
    blocks = _blocks(time, day, fixed, merged[2], least)
    day_size = np.array([_most(time[day == d], fixed[day == d], least) for d in range(DAYS)])
    return Nodes(
        *(slot, fixed, day, merged[1].astype(np.int64), merged[2], merged[3]),
        *(same.astype(np.int64), prev.astype(np.int64), first, blocks),
        *(day_size, _most(time, fixed, least)),
    )


def _blocks(
    time: Int, day: Int, fixed: Int, prime: Bool, least: int
) -> tuple[tuple[int, int, bool], ...]:
    blocks, start = [], 0
    for i in range(1, len(time) + 1):
        if (
            i == len(time)
            or day[i] != day[start]
            or prime[i] != prime[start]
            or time[i] - time[start] >= least
            or fixed[i] >= 0
            or fixed[start] >= 0
        ):
            blocks.append((start, i, bool(prime[start])))
            start = i
    return tuple(blocks)


def _most(time: Int, fixed: Int, least: int) -> int:
    """Most messages these places can hold: the earliest possible next one, again and again."""
    count, last = 0, -np.inf
    for t, f in zip(time, fixed, strict=True):
        if f >= 0 or t - last >= least:
            count, last = count + 1, float(t)
    return count
