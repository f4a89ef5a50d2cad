"""Least time between two messages. Exact in the engine's graph of places (`engine.week_nodes`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import ClassVar

from scheduler.solver.rules.rule import Rule
from scheduler.solver.rules.terms import Page, Violation
from scheduler.solver.valuation import Event
from scheduler.solver.week_problem import PageProblem


def least_spacing(problem: PageProblem) -> int:
    """Minutes between neighbours; never 0, since one moment holds one message."""
    return max(problem.spacing_minutes, 1)


class Spacing(Rule):
    """Messages keep their distance from each other and from the neighbour weeks.

    Locked messages stand where they are, however near each other.
    """

    name = "spacing"
    why: ClassVar = {"spacing": "locked messages stand that near"}

    def broken(self, problem: PageProblem, events: Sequence[Event]) -> Iterator[Violation]:
        """Neighbours too near each other, and messages too near the neighbour weeks."""
        least = least_spacing(problem)
        for a, b in pairwise(events):
            if b.time - a.time < least and not (a.fixed >= 0 and b.fixed >= 0):
                yield Violation("spacing", f"{b.time - a.time} minutes, not {least}")
        for e in events:
            gap = min(e.time - problem.earliest_time, problem.latest_time - e.time)
            if e.fixed < 0 and gap < least:
                yield Violation("spacing", f"{gap} minutes to the neighbouring week, not {least}")

    def keeps_out(self, page: Page, n: int) -> str:
        """The week's places hold no more."""
        return "spacing" if n > page.nodes.size else ""


SPACING = Spacing()
