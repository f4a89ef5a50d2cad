"""Captions for given places: assignment with the page's rules on captions kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from scheduler.solver.rules import OF_PAGE, PricedRule
from scheduler.solver.rules.rule import Bounds, price_of
from scheduler.solver.week_problem import Float, Int

# Tries at meeting all rules, and at meeting the share of a kind within each.
_ROUNDS = 8
_BISECTIONS = 20


@dataclass(frozen=True, eq=False)
class Places:
    """Free places of one week, to be given captions.

    Attributes:
        score: (n, k) objective of each caption at each place.
        day: (n,) local day of each place.
        label: by rule, (k,) of the captions.
        labels: by rule per day, how many there are.
        bounds: by rule, fewest and most messages in each row among these places.
    """

    score: Float
    day: Int
    label: Mapping[str, Int]
    labels: Mapping[str, int]
    bounds: Mapping[str, Bounds]

    def rows(self, rule: PricedRule, place: Int, caption: Int) -> Int:
        """Row of the rule that captions at places count in (broadcast)."""
        labels = self.labels.get(rule.name, 0)
        return rule.rows_of(self.label[rule.name][caption], self.day[place], labels)

    def grid(self, rule: PricedRule) -> Int:
        """(n, k) the same for all, (1, k) for a rule that the day does not matter to."""
        if not rule.per_day:
            return self.label[rule.name][None, :]
        places, captions = (np.arange(size) for size in self.score.shape)
        return self.rows(rule, places[:, None], captions[None, :])

    def excess(self, rule: PricedRule, chosen: Int) -> Float:
        """By row, how far these captions lie above (positive) or below the rule's bounds."""
        low, high = self.bounds[rule.name]
        count = rule.count(self.rows(rule, np.arange(len(chosen)), chosen), len(high))
        return np.asarray(np.maximum(count - high, 0) + np.minimum(count - low, 0))

    def is_valid(self, chosen: Int) -> bool:
        """Whether these captions keep all rules (they are distinct by construction)."""
        return not any(self.excess(rule, chosen).any() for rule in OF_PAGE)


# The rule whose price is found by bisection: the one that asks for a least number too. The others
# are met by raising the price of what oversteps.
_BISECTED = next(rule for rule in OF_PAGE if rule.has_floor)
_RAISED = tuple(rule for rule in OF_PAGE if rule is not _BISECTED)


def assign(places: Places, prices: Mapping[str, Float]) -> Int | None:
    """Good captions for the places, starting from prices of the rules; None when none was found."""
    if places.score.shape[0] > places.score.shape[1]:
        return None
    price = float(prices[_BISECTED.name][0])
    raised = {rule: prices[rule.name].copy() for rule in _RAISED}
    rows = {rule: places.grid(rule) for rule in _RAISED}
    unit = 0.05 * float(places.score.max(axis=1).mean()) if len(places.day) else 0.0
    for _ in range(_ROUNDS):
        scores = places.score
        for rule in _RAISED:
            scores = scores - price_of(raised[rule], rows[rule])
        chosen, price = _bisected(places, scores, price)
        if chosen is None or places.is_valid(chosen):
            return chosen
        for rule in _RAISED:
            raised[rule] = raised[rule] + unit * places.excess(rule, chosen)
    return None


def _bisected(places: Places, scores: Float, price: float) -> tuple[Int | None, float]:
    """Assignment that keeps the bisected rule, and the price that made it."""
    is_counted = places.label[_BISECTED.name][None, :] == 0
    span = 2.0 * float(np.abs(scores).max(initial=1.0))
    low, high = -span, span
    for _ in range(_BISECTIONS):
        _, chosen = linear_sum_assignment(scores - price * is_counted, maximize=True)
        excess = float(places.excess(_BISECTED, chosen)[0])
        if excess > 0:
            low = price
        elif excess < 0:
            high = price
        else:
            return np.asarray(chosen, dtype=np.int64), price
        price = 0.5 * (low + high)
    return None, price


def plan_value(places: Places, chosen: Int) -> float:
    """Objective of the free places with these captions."""
    return float(places.score[np.arange(len(chosen)), chosen].sum())
