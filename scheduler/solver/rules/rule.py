"""What a rule is: what the engine asks of each, and what rules with a price have in common.

A rule with a price counts messages by label: over the week, per day, or by their place. Its counts
are linear in the week, so one description serves everything: `label` says what is counted, `bounds`
how many there may be. From these two follow its price in the rewards, the slope of that price, its
rows in the closing program and in the sharing of captions, and the check of any choice of captions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np

from scheduler.solver.mixed_integer import Model, RuleRows
from scheduler.solver.rules.terms import Captions, Limits, Nodes, Page, Violation
from scheduler.solver.valuation import Event
from scheduler.solver.week_plan import Binding
from scheduler.solver.week_problem import DAYS, Bool, FixedMessage, Float, Int, PageProblem

Bounds = tuple[Float, Float]


class Rule:
    """One rule of a week. What a rule does not concern itself with, it leaves as it is here.

    Attributes:
        name: what limits, prices and relaxations know it by.
        tier: 1 never gives way, save for the least number of messages; of the others, the rules
            of higher tiers give way first, and within a tier the earlier ones in the list.
        may_give_way: whether it can be relaxed at all.
        why: by the name of a violation, the words for why it could not be kept.
    """

    name: ClassVar[str]
    tier: ClassVar[int] = 1
    may_give_way: ClassVar[bool] = False
    why: ClassVar[Mapping[str, str]] = {}

    def broken(self, problem: PageProblem, events: Sequence[Event]) -> Iterator[Violation]:
        """How a week breaks the rule. Knows nothing of how weeks are found."""
        raise NotImplementedError

    def stated(self, page: Page) -> dict[str, Int]:
        """Its counts by week size, as in `Limits.of`."""
        del page
        return {}

    def reachable(self, page: Page, limits: Limits) -> Limits:
        """The limits without sizes that cannot keep the rule."""
        del page
        return limits

    def relax(self, page: Page, limits: Limits, cost: Float, given_up: frozenset[str]) -> Limits:
        """The limits with the rule moved as little as possible where it is given up.

        Adds to `cost` (n_max + 1,) how far it moved; drops the sizes that are out of reach.
        """
        del page, cost, given_up
        return limits

    def close(self, closed: Float, nodes: Nodes, limits: Limits) -> None:
        """Set to -inf the states (d, n, m) that no week of the limits' sizes may pass."""

    def closes_alike(self, limits: Limits) -> bool:
        """Whether it closes the same states for each of the limits' sizes."""
        del limits
        return True

    def wider(self, problem: PageProblem, limits: Limits) -> Iterator[tuple[str, str, Limits]]:
        """Rule, change and limits of each way to let one message more through."""
        del problem, limits
        yield from ()

    def keeps_out(self, page: Page, n: int) -> str:
        """Its name when it keeps out every week of n messages by counts alone, else nothing."""
        del page, n
        return ""


class PricedRule(Rule):
    """A rule kept by a price per row; see the head of this module.

    Attributes:
        per_day: rows are (day, label), else label.
        of_place: places are counted, whatever their caption.
        is_one_row: its only row is there even when nothing counts in it.
        has_slack: the relaxation of the closing program may break it, at a high price.
        has_floor: it asks for a least number too.
    """

    per_day: ClassVar[bool] = False
    of_place: ClassVar[bool] = False
    is_one_row: ClassVar[bool] = False
    has_slack: ClassVar[bool] = True
    has_floor: ClassVar[bool] = False

    def label(self, problem: PageProblem) -> Int:
        """(K,) label of each caption, -1: not counted."""
        raise NotImplementedError

    def locked_label(self, message: FixedMessage) -> int:
        """Label of a locked message."""
        raise NotImplementedError

    def place_label(self, nodes: Nodes) -> Int:
        """(n,) label of each place, for a rule of places."""
        raise NotImplementedError

    def labels_of(self, problem: PageProblem, index: Int) -> Int:
        """(k,) labels of these captions as numbered among themselves."""
        return self.label(problem)[index]

    def bounds(self, page: Page, limits: Limits, n: int) -> Bounds:
        """Fewest and most counted messages in each row, among the free ones of a week of n."""
        raise NotImplementedError

    def stated_bounds(self, problem: PageProblem, n: int, labels: int) -> Bounds:
        """The same as stated by the problem, for labels as numbered in it."""
        raise NotImplementedError

    def allows(
        self, problem: PageProblem, others: Sequence[tuple[int, int]], day: int, own: int
    ) -> Bool:
        """(K,) captions that keep the rule beside the other messages' (day, label).

        Where the week itself breaks it with the caption labelled `own`, it is broken no further.
        """
        raise NotImplementedError

    def change(self, price: Float) -> str:
        """Words for the change that the price is the worth of."""
        raise NotImplementedError

    def binding(self, price: Float) -> Binding:
        """What one message more would be worth."""
        return Binding(self.name, self.change(price), float(np.abs(price).max(initial=0.0)))

    def row_count(self, captions: Captions) -> int:
        """Rows that it has for these candidates."""
        if self.per_day:
            return captions.room[self.name].size
        return 1 if self.is_one_row else len(captions.index)

    def rows_of(self, label: Int, day: Int, labels: int) -> Int:
        """Row that a caption of a label counts in on a day (broadcast), -1: none."""
        if not self.per_day:
            return np.broadcast_to(label, np.broadcast_shapes(label.shape, day.shape))
        return np.where(label >= 0, day * labels + label, -1)

    def count(self, rows: Int, size: int) -> Int:
        """(size,) messages in each row."""
        return np.bincount(rows[rows >= 0], minlength=size)

    def carried(self, price: Float, label: Int, captions: Captions) -> Float:
        """Prices by the problem's labels (K,) as prices by those of the candidates left."""
        if not self.per_day:
            return price
        own = captions.label[self.name]
        numbers = np.zeros(captions.room[self.name].shape[1], dtype=np.int64)
        numbers[own] = label[captions.index]
        return np.asarray(price.reshape(DAYS, -1)[:, numbers].ravel())

    def add_rows(
        self,
        model: Model,
        rows: Int,
        columns: Int,
        bounds: Bounds,
        slack: tuple[float, float] | None,
    ) -> RuleRows:
        """Its rows over columns that count in `rows`; `slack` as in `Model.add_rule`."""
        counted = rows >= 0
        used, of = np.unique(rows[counted], return_inverse=True)
        if self.is_one_row:
            used, of = np.zeros(1, dtype=np.int64), np.zeros(int(counted.sum()), dtype=np.int64)
        low = bounds[0][used] if self.has_floor else None
        return model.add_rule(used, of.reshape(-1), columns[counted], (low, bounds[1][used]), slack)


def oversteps(count: Int, bounds: Bounds, price: Float) -> Float:
    """How far counts overstep each row; 0 where a price at 0 would have to fall."""
    low, high = bounds
    at_zero = np.maximum(count - high, 0.0) + np.minimum(count - low, 0.0)
    signed = np.where(price > 0, count - high, count - low)
    return np.asarray(np.where(price == 0, at_zero, signed), dtype=np.float64)


def given_back(price: Float, bounds: Bounds) -> float:
    """What prices give back: price x right-hand side."""
    side = np.where(price < 0, bounds[0], bounds[1])
    return float((price * side).sum())


def stepped(price: Float, slope: Float, size: float) -> Float:
    """Prices moved along the slope, at 0 where they would change sign."""
    new = price + size * slope
    return np.asarray(np.where(((new < 0) & (price > 0)) | ((new > 0) & (price < 0)), 0.0, new))


def price_of(price: Float, rows: Int) -> Float:
    """Price paid in each row number; 0 for -1."""
    if not len(price):
        return np.zeros(rows.shape)
    return np.asarray(np.where(rows >= 0, price[rows], 0.0))
