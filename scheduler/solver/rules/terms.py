"""What the rules are told of a page and its weeks: data only, made by `engine`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from scheduler.solver.week_problem import Bool, Float, Int, PageProblem

# Shares such as 0.6 + 0.1 are not exact in binary; a count that meets the share on paper counts.
EPS = 1e-9

Step = tuple[int, int, int]  # place, messages of the week before it, of the day before it
DayRun = tuple[int, int, tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class Violation:
    """A broken rule: its name and what breaks it."""

    rule: str
    detail: str


@dataclass(frozen=True, eq=False)
class Nodes:
    """Places of the week. Place i stands at row i + 1; row 0 is the start of the week.

    Attributes:
        slot: (n,) slot index, -1 for a locked message. `fixed`: its index, -1 for a slot.
        day, daypart, is_prime, is_weekend: (n,) as in the problem.
        same_row: (n,) last row of the same day that keeps the spacing; 0 when there is none.
        prev_row: (n,) last row of earlier days that keeps it; 0 is the start of the week,
            n + 1 stands for "none, since a locked message lies between".
        locked_row: (n + 2,) last row at or before each row that holds a locked message, else 0.
            A path may not come from before it.
        day_runs: per day with places (from, to, runs cut at each locked message).
        before, after: (n,) most messages the week can hold before and after each place.
        today: (n,) most messages of its day before each place.
        day_size: (7,) most messages each day can hold. `size`: most messages the week can hold.
    """

    slot: Int
    fixed: Int
    day: Int
    daypart: Int
    is_prime: Bool
    is_weekend: Bool
    same_row: Int
    prev_row: Int
    locked_row: Int
    day_runs: tuple[DayRun, ...]
    before: Int
    after: Int
    today: Int
    day_size: Int
    size: int


@dataclass(frozen=True, eq=False)
class Captions:
    """Candidates left, sorted by (cell, other labels, value descending, key).

    A label is what a rule sees of a caption: a number from 0, or -1 when the rule does not count
    it. A cell is a set of captions that all rules per day see alike.

    Attributes:
        index: (k,) caption index in the problem.
        score: (k, 4) value x daypart factor.
        label: by rule, (k,).
        room: by rule per day, (7, labels) messages each label may still take on each day.
        starts: (cells,) first candidate of each cell.
    """

    index: Int
    score: Float
    label: Mapping[str, Int]
    room: Mapping[str, Int]
    starts: Int


@dataclass(frozen=True, eq=False)
class Limits:
    """Counts that every week size n must keep to: the rules as stated, or as relaxed.

    Attributes:
        sizes: week sizes to plan for, ascending.
        of: by rule, (n_max + 1, ...) counts by week size, locked messages included; what they
            count is the rule's own affair.
    """

    sizes: tuple[int, ...]
    of: Mapping[str, Int]

    def moved(self, **counts: Int) -> Limits:
        """The same with other counts for these rules."""
        return replace(self, of={**self.of, **counts})

    def only(self, sizes: list[int] | tuple[int, ...]) -> Limits:
        """The same for these sizes."""
        return replace(self, sizes=tuple(sizes))


class Paths(Protocol):
    """Longest paths through a week by a reward of its places."""

    def best(self, n: int, off_prime_max: int) -> float:
        """Value of the best path of n messages; -inf when there is none."""

    def path(self, n: int, off_prime_max: int) -> list[Step]:
        """The best path of n messages (it must exist)."""


@dataclass(frozen=True, eq=False)
class Page:
    """A page as its rules see it.

    `longest(page, gain, limits, off_prime_max)` finds the paths with the highest sum of the places'
    gains (n,) under spacing and caps, for the sizes of the limits.
    """

    problem: PageProblem
    nodes: Nodes
    captions: Captions
    longest: Callable[[Page, Float, Limits, int | None], Paths]

    @property
    def free_days(self) -> Int:
        """(7,) messages of each day that are not locked: the most that spacing leaves."""
        days = np.array([f.day for f in self.problem.fixed], dtype=np.int64)
        return np.asarray(self.nodes.day_size - np.bincount(days, minlength=7))
