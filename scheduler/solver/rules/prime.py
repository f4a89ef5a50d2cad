"""Share of messages in the page's prime hours.

Counted exactly in the state of the dynamic program where that stays small, else priced: the row is
"at most so many messages outside prime hours".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from scheduler.solver.rules.rule import Bounds, PricedRule
from scheduler.solver.rules.terms import EPS, Limits, Nodes, Page, Violation
from scheduler.solver.valuation import Event
from scheduler.solver.week_problem import Float, Int, PageProblem


class Prime(PricedRule):
    """Messages of n in prime hours: at least `prime_share_min` n, rounded up."""

    name = "prime"
    tier = 2
    may_give_way = True
    of_place = True
    is_one_row = True
    why: ClassVar = {
        "prime": "spacing, caps and locked messages leave no more places in prime hours"
    }

    def needed(self, problem: PageProblem, n: int) -> int:
        """Fewest messages of n in prime hours."""
        return math.ceil(problem.prime_share_min * n - EPS)

    def broken(self, problem: PageProblem, events: Sequence[Event]) -> Iterator[Violation]:
        """Too few in prime hours."""
        locked = sum(problem.fixed[e.fixed].is_prime for e in events if e.fixed >= 0)
        count = locked + sum(bool(problem.slot_is_prime[e.slot]) for e in events if e.fixed < 0)
        needed = self.needed(problem, len(events))
        if count < needed:
            yield Violation("prime", f"{count} of {len(events)} in prime hours, not {needed}")

    def place_label(self, nodes: Nodes) -> Int:
        """0 outside prime hours, -1 in them."""
        return np.where(nodes.is_prime, -1, 0)

    def stated(self, page: Page) -> dict[str, Int]:
        """(n_max + 1,) most messages outside prime hours."""
        sizes = range(page.problem.n_max + 1)
        return {"prime": np.array([n - self.needed(page.problem, n) for n in sizes])}

    def bounds(self, page: Page, limits: Limits, n: int) -> Bounds:
        """Locked messages are places too, and count."""
        del page
        return np.full(1, -np.inf), limits.of["prime"][n : n + 1].astype(np.float64)

    def reachable(self, page: Page, limits: Limits) -> Limits:
        """Drop the sizes that no path reaches with enough prime messages (caps as a group)."""
        if not limits.sizes:
            return limits
        most = self._most(page, limits)
        off = limits.of["prime"]
        return limits.only([n for n in limits.sizes if most[n] >= n - off[n]])

    def relax(self, page: Page, limits: Limits, cost: Float, given_up: frozenset[str]) -> Limits:
        """Per size the most prime messages that spacing leaves, when that is below the share."""
        off, sizes = limits.of["prime"].copy(), []
        for n in limits.sizes:
            most = self._most(page, limits.only([n]))[n]
            short = n - off[n] - most
            if most == -np.inf or (short > 0 and self.name not in given_up):
                continue
            if short > 0:
                off[n] = n - int(most)
                cost[n] += short / n
            sizes.append(n)
        return limits.only(sizes).moved(prime=off)

    def change(self, price: Float) -> str:
        """One off prime."""
        del price
        return "one message more outside prime hours"

    def _most(self, page: Page, limits: Limits) -> dict[int, float]:
        """Most prime messages by week size under spacing and caps; -inf when out of reach.

        Exact for one size; for several, the caps are those of the loosest of them.
        """
        paths = page.longest(page, page.nodes.is_prime.astype(np.float64), limits, None)
        return {n: paths.best(n, 0) for n in limits.sizes}


PRIME = Prime()
