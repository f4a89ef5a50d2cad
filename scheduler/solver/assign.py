"""Captions for given places: assignment with the mix and the categories kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from scheduler.solver.problem import Bool, Float, Int

# Tries at meeting categories, and at meeting the mix within each.
_ROUNDS = 8
_BISECTIONS = 20


@dataclass(frozen=True, eq=False)
class Places:
    """Free places of one week, to be given captions.

    Attributes:
        score: (n, k) objective of each caption at each place.
        day: (n,) local day of each place.
        is_explicit, category: (k,) of the captions; category 0..C-1.
        explicit_low, explicit_high: explicit messages among these places.
        room: (7, C) messages of each category on each day.
    """

    score: Float
    day: Int
    is_explicit: Bool
    category: Int
    explicit_low: int
    explicit_high: int
    room: Int

    def is_valid(self, chosen: Int) -> bool:
        """Whether these captions keep mix and categories (they are distinct by construction)."""
        explicit = int(self.is_explicit[chosen].sum())
        if not self.explicit_low <= explicit <= self.explicit_high:
            return False
        return bool((self.used(chosen) <= self.room).all())

    def used(self, chosen: Int) -> Int:
        """(7, C) messages of each category on each day."""
        counts = np.zeros_like(self.room)
        np.add.at(counts, (self.day, self.category[chosen]), 1)
        return counts


def assign(places: Places, explicit_price: float, category_price: Float) -> Int | None:
    """Good captions for the places, starting from prices of the rules; None when none was found."""
    if places.score.shape[0] > places.score.shape[1]:
        return None
    price, penalty = explicit_price, category_price.copy()
    unit = 0.05 * float(places.score.max(axis=1).mean()) if len(places.day) else 0.0
    for _ in range(_ROUNDS):
        scores = places.score - penalty[places.day][:, places.category]
        chosen, price = _with_mix(places, scores, price)
        if chosen is None or places.is_valid(chosen):
            return chosen
        penalty += unit * np.maximum(places.used(chosen) - places.room, 0)
    return None


def _with_mix(places: Places, scores: Float, price: float) -> tuple[Int | None, float]:
    """Assignment whose explicit count is in range, by bisection on the price of being explicit."""
    span = 2.0 * float(np.abs(scores).max(initial=1.0))
    low, high = -span, span
    for _ in range(_BISECTIONS):
        values = scores - price * places.is_explicit[None, :]
        _, chosen = linear_sum_assignment(values, maximize=True)
        explicit = int(places.is_explicit[chosen].sum())
        if explicit > places.explicit_high:
            low = price
        elif explicit < places.explicit_low:
            high = price
        else:
            return np.asarray(chosen, dtype=np.int64), price
        price = 0.5 * (low + high)
    return None, price


def plan_value(places: Places, chosen: Int) -> float:
    """Objective of the free places with these captions."""
    return float(places.score[np.arange(len(chosen)), chosen].sum())
