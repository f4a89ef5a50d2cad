"""What the solver hands back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Binding:
    """A kept rule that costs objective.

    `change` is one message more or less of what the rule limits; `worth` is about what that would
    earn, in units of the objective, from the prices of the bound: an estimate.
    """

    rule: str
    change: str
    worth: float


@dataclass(frozen=True)
class PlannedMessage:
    """One message of a plan.

    `slot` and `caption` index the problem; both are -1 for a locked message, which `fixed`
    indexes (-1 otherwise). `expected` is dollars without the choice weights, before correction.
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
        objective: choice value (see `valuation.choice_value`).
        expected: dollars without the choice weights.
        upper_bound: no week under the same rules (relaxed as listed) has a higher objective.
        gap: (upper_bound - objective) / upper_bound.
        relaxed: rules that could not be kept: name, extent and why.
        binding: rules that hold the week down as they are kept or could be kept.
        bound_joint: the page's part of the bound on all pages' weeks together when no two share a
            caption (see `agency.joint_bound`); its own bound when no other page wants its captions.
        conflict_cost: objective given up because other pages were given captions this page wants.
    """

    page_name: str
    messages: tuple[PlannedMessage, ...]
    objective: float
    expected: float
    upper_bound: float
    gap: float
    relaxed: tuple[str, ...] = ()
    binding: tuple[Binding, ...] = ()
    bound_joint: float = 0.0
    conflict_cost: float = 0.0
