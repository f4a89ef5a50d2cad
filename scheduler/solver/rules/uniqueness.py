"""Each caption at most once a week. Its price is what the caption is worth elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from scheduler.solver.rules.rule import Bounds, PricedRule
from scheduler.solver.rules.terms import Captions, Limits, Page, Violation
from scheduler.solver.valuation import Event
from scheduler.solver.week_problem import Float, Int, PageProblem


class Uniqueness(PricedRule):
    """A row per caption: at most one message.

    A locked price test may repeat a caption of another locked message. Across pages the agency's
    sharing keeps the same rule (`agency.joint_assignment`).
    """

    name = "uniqueness"
    has_slack = False

    def broken(self, problem: PageProblem, events: Sequence[Event]) -> Iterator[Violation]:
        """Captions and slots used twice."""
        keys = Counter(_key(problem, e) for e in events)
        free = {_key(problem, e) for e in events if e.fixed < 0}
        for key, count in sorted(keys.items()):
            if count > 1 and key in free:
                yield Violation("uniqueness", f"caption {key} {count} times")
        slots = Counter(e.slot for e in events if e.slot >= 0)
        for slot, count in sorted(slots.items()):
            if count > 1:
                yield Violation("uniqueness", f"slot {slot} {count} times")

    def label(self, problem: PageProblem) -> Int:
        """Every caption is its own label."""
        return np.arange(len(problem.caption_keys))

    def labels_of(self, problem: PageProblem, index: Int) -> Int:
        """Numbered in the order of the candidates left."""
        del problem
        return np.arange(len(index))

    def bounds(self, page: Page, limits: Limits, n: int) -> Bounds:
        """One of each caption."""
        del limits, n
        size = len(page.captions.index)
        return np.full(size, -np.inf), np.ones(size)

    def carried(self, price: Float, label: Int, captions: Captions) -> Float:
        """Each candidate's own price."""
        del label
        return price[captions.index]

    def keeps_out(self, page: Page, n: int) -> str:
        """There are fewer captions."""
        most = len(page.problem.fixed) + len(page.captions.index)
        return "candidates" if n > most else ""


def _key(problem: PageProblem, event: Event) -> str:
    if event.fixed >= 0:
        return problem.fixed[event.fixed].caption_key
    return problem.caption_keys[event.caption]


UNIQUENESS = Uniqueness()
