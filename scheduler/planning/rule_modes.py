"""Rules of tier 2 and 3 that the solver holds: each kept, preferred, or logged alone.

A rule that a week does without is one whose limit no week reaches: the solver knows no modes. The
audit judges every week by every rule, whatever its mode.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scheduler.solver import PageProblem, WeekPlan, solve_page, violations
from scheduler.solver.valuation import picks_of

PREFER, LOG = "prefer", "log"

_LET_GO: Mapping[str, Callable[[PageProblem], dict[str, Any]]] = {
    "message_spacing": lambda _: {"spacing_minutes": 0},
    "explicit_share": lambda _: {"explicit_tolerance": 1.0},
    "prime_hour_share": lambda _: {"prime_share_min": 0.0},
    "category_per_day": lambda problem: {"category_per_day_max": problem.n_max},
    "weekend_share": lambda _: {"weekend_share_cap": 1.0},
    "holiday_factor": lambda problem: {"day_share_cap": np.ones_like(problem.day_share_cap)},
}
RULES = tuple(_LET_GO)
"""Names of the rules that have a mode, as the rulebook calls them."""


@dataclass(frozen=True)
class Preferred:
    """A week to be planned with rules that give way where they cost too much.

    Attributes:
        problem: with all of them.
        rules: those that may be given up.
        cost_max: share of the week's value without a rule from which keeping it costs too much.
    """

    problem: PageProblem
    rules: tuple[str, ...]
    cost_max: float


@dataclass(frozen=True)
class BestWeek:
    """A week and the rules that it does without.

    Attributes:
        plan: of the problem without them.
        given_up: rule -> share of the week's value that keeping it alone would cost.
    """

    plan: WeekPlan
    given_up: Mapping[str, float]


def with_mode(values: Mapping[str, Any], mode: str) -> tuple[str, ...]:
    """Rules that the settings give a mode."""
    modes = {
        "message_spacing": values["message_spacing_mode"],
        "explicit_share": values["explicit_share_mode"],
        "prime_hour_share": values["prime_hour_share_mode"],
        "category_per_day": values["category_per_day_mode"],
        "weekend_share": values["weekend_share_mode"],
        "holiday_factor": values["holiday_factor_mode"],
    }
    return tuple(rule for rule in RULES if modes[rule] == mode)


def let_go(problem: PageProblem, rules: Iterable[str]) -> PageProblem:
    """The problem without these rules."""
    for rule in rules:
        problem = replace(problem, **_LET_GO[rule](problem))
    return problem


def solve_preferred(wish: Preferred) -> BestWeek:
    """The best week that keeps what is preferred where that is not too dear.

    A rule's cost is the share by which the best week without it alone is worth more, in choice
    value (see `WeekPlan.objective`): what the solver maximises. The week without any of them comes
    first: where it keeps them of its own accord, nothing costs anything and no other is solved.

    Raises:
        Infeasible: not one message can be planned, or the locked ones exceed `n_max`.
    """
    free = solve_page(let_go(wish.problem, wish.rules))
    if not wish.rules:
        return BestWeek(free, {})
    without = {
        rule: free if wish.rules == (rule,) else _solved(let_go(wish.problem, [rule]), [free])
        for rule in wish.rules
    }
    kept = _solved(wish.problem, [free, *without.values()])
    costs = {
        rule: 1.0 - kept.objective / plan.objective if plan.objective > 0 else 0.0
        for rule, plan in without.items()
    }
    dear = {rule: cost for rule, cost in costs.items() if cost > wish.cost_max}
    if not dear:
        return BestWeek(kept, {})
    if len(dear) == 1:
        return BestWeek(without[next(iter(dear))], dear)
    if len(dear) == len(wish.rules):
        return BestWeek(free, dear)
    return BestWeek(solve_page(let_go(wish.problem, dear)), dear)


def _solved(problem: PageProblem, freer: Iterable[WeekPlan]) -> WeekPlan:
    """The best week of a problem.

    Args:
        problem: what it must keep.
        freer: best weeks of the same problem with fewer rules, freest first. One that keeps the
            rules left out all the same is the best week with them too, and its bound holds.
    """
    for plan in freer:
        if not violations(problem, picks_of(plan.messages)):
            return plan
    return solve_page(problem)


def told(given_up: Mapping[str, float]) -> tuple[str, ...]:
    """Rules that a week does without, in a manager's words."""
    return tuple(
        f"{rule}: keeping it would cost {100 * cost:.0f} % of the week"
        for rule, cost in given_up.items()
    )
