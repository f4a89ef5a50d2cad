"""Most messages on the weekend and on each day. Exact: a matter of which states a week may pass."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from scheduler.solver.rules.rule import Rule
from scheduler.solver.rules.terms import EPS, Captions, Limits, Nodes, Page, Violation
from scheduler.solver.valuation import Event
from scheduler.solver.week_problem import DAYS, Float, Int, PageProblem

# Off-prime counts above which the caps are relaxed without counting prime messages.
_MAX_COUNTED = 24
# Weight of moving a cap beside moving mix or prime share, when both must move.
_LIGHT = 0.01


class Caps(Rule):
    """At most ceil(cap x n) messages on Saturday and Sunday, and on each day with a cap below 1."""

    name = "caps"
    tier = 3
    may_give_way = True
    why: ClassVar = {
        "weekend": "the places before the weekend hold no more messages",
        "holiday": "the other days hold no more messages",
    }

    def weekend(self, problem: PageProblem, n: int) -> int:
        """Most messages of n on Saturday and Sunday."""
        return math.ceil(problem.weekend_share_cap * n - EPS)

    def day(self, problem: PageProblem, n: int, day: int) -> int:
        """Most messages of n on one local day."""
        return math.ceil(float(problem.day_share_cap[day]) * n - EPS)

    def broken(self, problem: PageProblem, events: Sequence[Event]) -> Iterator[Violation]:
        """Too many on the weekend or on a day."""
        n = len(events)
        locked = sum(problem.fixed[e.fixed].is_weekend for e in events if e.fixed >= 0)
        count = locked + sum(bool(problem.slot_is_weekend[e.slot]) for e in events if e.fixed < 0)
        cap = self.weekend(problem, n)
        if count > cap:
            yield Violation("weekend", f"{count} of {n} on the weekend, not {cap}")
        for day, count in sorted(Counter(e.day for e in events).items()):
            cap = self.day(problem, n, day)
            if count > cap:
                yield Violation("holiday", f"{count} of {n} on day {day}, not {cap}")

    def stated(self, page: Page) -> dict[str, Int]:
        """`weekend` (n_max + 1,) and `holiday` (n_max + 1, 7)."""
        sizes, problem = range(page.problem.n_max + 1), page.problem
        weekend = np.array([self.weekend(problem, n) for n in sizes])
        day = np.array([[self.day(problem, n, d) for d in range(DAYS)] for n in sizes])
        most = _most_by_captions(problem, page.captions)
        return {"weekend": weekend, "holiday": np.minimum(day, most[None, :])}

    def close(self, closed: Float, nodes: Nodes, limits: Limits) -> None:
        """States beyond the caps.

        The weekend ends the week, so "at most c of n on the weekend" is "the weekend's messages
        have at least n - c before them": for one size exact, for several their union.
        """
        index = np.array(limits.sizes)
        fewest_before = int((index - limits.of["weekend"][index]).min())
        closed[:, nodes.is_weekend, : max(fewest_before, 0)] = -np.inf
        for day in range(DAYS):
            most = int(limits.of["holiday"][index, day].max())
            closed[most:, nodes.day == day] = -np.inf

    def closes_alike(self, limits: Limits) -> bool:
        """Whether the union is no looser than each size's own."""
        index = np.array(limits.sizes)
        before = np.unique(np.maximum(index - limits.of["weekend"][index], 0))
        days = np.unique(limits.of["holiday"][index], axis=0)
        return len(before) <= 1 and len(days) <= 1

    def wider(self, problem: PageProblem, limits: Limits) -> Iterator[tuple[str, str, Limits]]:
        """One message more on the weekend or on a capped day."""
        weekend = limits.moved(weekend=limits.of["weekend"] + 1)
        yield "weekend", "one message more on the weekend", weekend
        for day in np.flatnonzero(problem.day_share_cap < 1.0).tolist():
            counts = limits.of["holiday"].copy()
            counts[:, day] += 1
            yield "holiday", f"one message more on day {day}", limits.moved(holiday=counts)

    def relax(self, page: Page, limits: Limits, cost: Float, given_up: frozenset[str]) -> Limits:
        """Per size the fewest messages on capped days that spacing (and prime share) leaves."""
        if self.name not in given_up or not limits.sizes:
            return limits
        problem, nodes = page.problem, page.nodes
        off = max(int(limits.of["prime"][n]) for n in limits.sizes)
        counted = "prime" not in given_up and off <= _MAX_COUNTED
        has_cap = problem.day_share_cap < 1.0
        loose = limits.moved(
            weekend=np.arange(problem.n_max + 1),
            holiday=np.where(has_cap, problem.n_max, limits.of["holiday"]),
        )
        capped = nodes.is_weekend | has_cap[nodes.day]
        paths = page.longest(page, -capped.astype(np.float64), loose, off if counted else None)
        weekend, day, sizes = limits.of["weekend"].copy(), limits.of["holiday"].copy(), []
        for n in limits.sizes:
            q = int(limits.of["prime"][n]) if counted else 0
            if paths.best(n, q) == -np.inf:
                continue
            rows = np.array([s[0] for s in paths.path(n, q)])
            counts = np.bincount(nodes.day[rows], minlength=DAYS)
            on_weekend = int(nodes.is_weekend[rows].sum())
            over = max(on_weekend / n - problem.weekend_share_cap, 0.0) * (on_weekend > weekend[n])
            beyond = (counts > day[n]) & has_cap
            over += float((counts / n - problem.day_share_cap)[beyond].sum())
            weekend[n] = max(weekend[n], on_weekend)
            day[n] = np.where(beyond, counts, day[n])
            cost[n] += _LIGHT * over
            sizes.append(n)
        return limits.only(sizes).moved(weekend=weekend, holiday=day)


def _most_by_captions(problem: PageProblem, captions: Captions) -> Int:
    """(7,) most messages a day can have: room of the captions' labels plus what is locked there."""
    locked = np.bincount([f.day for f in problem.fixed], minlength=DAYS)
    most = np.full(DAYS, len(captions.index), dtype=np.int64)
    for rule, room in captions.room.items():
        label = captions.label[rule]
        counts = np.bincount(label[label >= 0], minlength=room.shape[1])
        free = np.minimum(room, counts[None, :]).sum(axis=1) + int((label < 0).sum())
        most = np.minimum(most, free)
    return np.asarray(most + locked, dtype=np.int64)


CAPS = Caps()
