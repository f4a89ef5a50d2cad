"""Common part of rules on messages of one label (a category, a price) on one local day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from scheduler.solver.rules.rule import Bounds, PricedRule
from scheduler.solver.rules.terms import Limits, Page, Violation
from scheduler.solver.valuation import Event
from scheduler.solver.week_problem import DAYS, Bool, Int, PageProblem


class CountPerDay(PricedRule):
    """A row per day and label: at most so many messages.

    A rule states `label` and `locked_label`, the `cap`, and words.
    """

    may_give_way = True
    per_day = True

    def cap(self, problem: PageProblem) -> int:
        """Most messages of a label on a day."""
        raise NotImplementedError

    def detail(self, count: int, label: int, day: int) -> str:
        """Words for a count above the cap."""
        raise NotImplementedError

    def broken(self, problem: PageProblem, events: Sequence[Event]) -> Iterator[Violation]:
        """Days with too many of a label."""
        label = self.label(problem)
        own = [
            self.locked_label(problem.fixed[e.fixed]) if e.fixed >= 0 else int(label[e.caption])
            for e in events
        ]
        counts = Counter(zip([e.day for e in events], own, strict=True))
        for (day, of), count in sorted(counts.items()):
            if of >= 0 and count > self.cap(problem):
                yield Violation(self.name, self.detail(count, of, day))

    def caps(self, problem: PageProblem, day_size: Int, given_up: frozenset[str]) -> range:
        """Caps to try, lowest first."""
        stated = self.cap(problem)
        if self.name not in given_up:
            return range(stated, stated + 1)
        return range(stated + 1, max(int(day_size.max()), stated) + 1)

    def room(self, problem: PageProblem, label: int, day_size: Int, cap: int) -> Int:
        """(7,) free messages of a label that each day can take."""
        taken = np.zeros(DAYS, dtype=np.int64)
        total = np.zeros(DAYS, dtype=np.int64)
        for f in problem.fixed:
            total[f.day] += 1
            taken[f.day] += self.locked_label(f) == label
        if label < 0:
            return np.asarray(day_size - total)
        return np.asarray(np.maximum(np.minimum(cap - taken, day_size - total), 0))

    def bounds(self, page: Page, limits: Limits, n: int) -> Bounds:
        """The room of the candidates' labels."""
        del limits, n
        room = page.captions.room[self.name].astype(np.float64).ravel()
        return np.full(len(room), -np.inf), room

    def stated_bounds(self, problem: PageProblem, n: int, labels: int) -> Bounds:
        """The cap less what is locked."""
        del n
        room = np.full((DAYS, labels), float(self.cap(problem)))
        for f in problem.fixed:
            if 0 <= self.locked_label(f) < labels:
                room[f.day, self.locked_label(f)] -= 1
        return np.full(room.size, -np.inf), room.ravel()

    def allows(
        self, problem: PageProblem, others: Sequence[tuple[int, int]], day: int, own: int
    ) -> Bool:
        """Labels with room on the day, or the one that is there."""
        label = self.label(problem)
        on_day = Counter(other for other_day, other in others if other_day == day and other >= 0)
        full = [other for other, count in on_day.items() if count >= self.cap(problem)]
        return np.asarray(~np.isin(label, full) | (label == own))
