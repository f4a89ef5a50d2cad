"""What the solver hands back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedMessage:
    """One message of a plan.

    `slot` and `caption` index the problem; both are -1 for a locked message, which `fixed`
    indexes (-1 otherwise). `expected` is dollars without the choice weights, before deflation.
    """

    slot: int
    caption: int
    fixed: int
    time: int
    caption_key: str
    price: float
    expected: float


@dataclass(frozen=True)
class WeekPlan:
    """A page's week in time order.

    Attributes:
        page_name: the page.
        messages: in time order.
        objective: choice value (see `objective.choice_value`).
        expected: dollars without the choice weights.
        upper_bound: no week under the same rules (relaxed as listed) has a higher objective.
        gap: (upper_bound - objective) / upper_bound.
        relaxed: rules that could not be kept: name, extent and why.
        binding: kept rules that cost objective: name and about what moving each by one is worth.
    """

    page_name: str
    messages: tuple[PlannedMessage, ...]
    objective: float
    expected: float
    upper_bound: float
    gap: float
    relaxed: tuple[str, ...] = ()
    binding: tuple[str, ...] = ()
