"""How many messages a week has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from scheduler.solver.rules.rule import Rule
from scheduler.solver.rules.terms import Page, Violation
from scheduler.solver.valuation import Event
from scheduler.solver.week_problem import PageProblem


class Volume(Rule):
    """At least `n_min` messages, which gives way last of all, and never more than `n_max`."""

    name = "minimum"
    may_give_way = True
    why: ClassVar = {"minimum": "spacing and the candidates left allow no more messages"}

    def broken(self, problem: PageProblem, events: Sequence[Event]) -> Iterator[Violation]:
        """Too many or too few messages."""
        if len(events) > problem.n_max:
            yield Violation("maximum", f"{len(events)} messages, not {problem.n_max} or fewer")
        if len(events) < problem.n_min:
            yield Violation("minimum", f"{len(events)} messages, not {problem.n_min} or more")

    def sizes(self, page: Page, given_up: frozenset[str] = frozenset()) -> range:
        """Week sizes to plan for: with the minimum given up, those below it."""
        problem, is_given_up = page.problem, self.name in given_up
        most = min(problem.n_max, page.nodes.size, len(problem.fixed) + len(page.captions.index))
        least = max(len(problem.fixed), 1, 1 if is_given_up else problem.n_min)
        return range(least, (min(most, problem.n_min) if is_given_up else most) + 1)

    def keeps_out(self, page: Page, n: int) -> str:
        """`n_max` messages are the most."""
        return "maximum" if n > page.problem.n_max else ""


VOLUME = Volume()
