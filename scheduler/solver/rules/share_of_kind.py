"""Common part of rules on the share of a week's messages that have captions of one kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scheduler.solver.rules.rule import Bounds, PricedRule
from scheduler.solver.rules.terms import Captions, Limits, Page, Violation
from scheduler.solver.valuation import Event
from scheduler.solver.week_problem import Bool, FixedMessage, Float, Int, PageProblem


class ShareOfKind(PricedRule):
    """One row: messages whose caption is of the kind. A rule states three things.

    `is_of_kind` and `is_locked_of_kind`, which captions count; `span`, how many of n messages may;
    `excess`, by how much a share misses what is asked for.
    """

    is_one_row = True
    may_give_way = True

    def is_of_kind(self, problem: PageProblem) -> Bool:
        """(K,) captions that count."""
        raise NotImplementedError

    def is_locked_of_kind(self, message: FixedMessage) -> bool:
        """Whether a locked message counts."""
        raise NotImplementedError

    def span(self, problem: PageProblem, n: int) -> tuple[int, int]:
        """Fewest and most of n messages (the first above the second: no count will do)."""
        raise NotImplementedError

    def excess(self, problem: PageProblem, share: float) -> float:
        """How far a share lies outside."""
        raise NotImplementedError

    def detail(self, count: int, n: int, span: tuple[int, int]) -> str:
        """Words for a count outside."""
        raise NotImplementedError

    def broken(self, problem: PageProblem, events: Sequence[Event]) -> Iterator[Violation]:
        """A count outside the span."""
        kind = self.is_of_kind(problem)
        count = self._locked(problem) + sum(bool(kind[e.caption]) for e in events if e.fixed < 0)
        span = self.span(problem, len(events))
        if not span[0] <= count <= span[1]:
            yield Violation(self.name, self.detail(count, len(events), span))

    def label(self, problem: PageProblem) -> Int:
        """0 of the kind, -1 not."""
        return np.where(self.is_of_kind(problem), 0, -1)

    def locked_label(self, message: FixedMessage) -> int:
        """The same of a locked message."""
        return 0 if self.is_locked_of_kind(message) else -1

    def stated(self, page: Page) -> dict[str, Int]:
        """(n_max + 1, 2) fewest and most."""
        sizes = range(page.problem.n_max + 1)
        return {self.name: np.array([self.span(page.problem, n) for n in sizes])}

    def bounds(self, page: Page, limits: Limits, n: int) -> Bounds:
        """The limits less what is locked."""
        counts = (limits.of[self.name][n] - self._locked(page.problem)).astype(np.float64)
        return counts[:1], counts[1:]

    def stated_bounds(self, problem: PageProblem, n: int, labels: int) -> Bounds:
        """The span less what is locked."""
        del labels
        counts = np.array(self.span(problem, n), dtype=np.float64) - self._locked(problem)
        return counts[:1], counts[1:]

    def allows(
        self, problem: PageProblem, others: Sequence[tuple[int, int]], day: int, own: int
    ) -> Bool:
        """Counts within the span, or the kind that is there."""
        del day
        count = sum(label == 0 for _, label in others)
        low, high = self.span(problem, len(others) + 1)
        kind = self.is_of_kind(problem)
        within = (count + kind >= low) & (count + kind <= high)
        return np.asarray(within | (kind == (own == 0)))

    def reachable(self, page: Page, limits: Limits) -> Limits:
        """Drop the sizes for which the candidates' counts alone rule the span out."""
        return limits.only([n for n in limits.sizes if self._within_reach(page, limits, n)])

    def relax(self, page: Page, limits: Limits, cost: Float, given_up: frozenset[str]) -> Limits:
        """Per size the counts within reach that are nearest to the span."""
        span, sizes = limits.of[self.name].copy(), []
        for n in limits.sizes:
            fewest, most = self.reach(page, n)
            if fewest > most:
                continue
            if not self._within_reach(page, limits, n):
                if self.name not in given_up:
                    continue
                counts = range(fewest, most + 1)
                away = np.array([self.excess(page.problem, count / n) for count in counts])
                span[n] = fewest + int(away.argmin())
                cost[n] += float(away.min())
            sizes.append(n)
        return limits.only(sizes).moved(**{self.name: span})

    def reach(self, page: Page, n: int) -> tuple[int, int]:
        """Fewest and most of n messages that can be of the kind with these candidates.

        By counts alone (captions of a kind, room of their labels on each day): a week may still
        not reach them.
        """
        locked, free = self._locked(page.problem), n - len(page.problem.fixed)
        is_kind = page.captions.label[self.name] == 0
        of_kind = _most_of(page.captions, is_kind)
        others = _most_of(page.captions, ~is_kind)
        return locked + max(free - others, 0), locked + min(free, of_kind)

    def keeps_out(self, page: Page, n: int) -> str:
        """No count within reach lies in the span."""
        span, reach = self.span(page.problem, n), self.reach(page, n)
        return self.name if max(span[0], reach[0]) > min(span[1], reach[1]) else ""

    def _within_reach(self, page: Page, limits: Limits, n: int) -> bool:
        span, reach = limits.of[self.name][n], self.reach(page, n)
        return max(int(span[0]), reach[0]) <= min(int(span[1]), reach[1])

    def _locked(self, problem: PageProblem) -> int:
        return sum(self.is_locked_of_kind(f) for f in problem.fixed)


def _most_of(captions: Captions, kind: Bool) -> int:
    """Messages that captions of a kind can make in a week, by every rule per day."""
    most = int(kind.sum())
    for rule, room in captions.room.items():
        label = captions.label[rule]
        counted = kind & (label >= 0)
        counts = np.bincount(label[counted], minlength=room.shape[1])
        uncounted = int((kind & (label < 0)).sum())
        most = min(most, int(np.minimum(room.sum(axis=0), counts).sum()) + uncounted)
    return most
