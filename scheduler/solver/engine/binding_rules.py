"""What the rules that a week keeps cost it."""

from __future__ import annotations

import numpy as np

from scheduler.solver.engine.page_search import Search, constant
from scheduler.solver.engine.reduced_rewards import Duals, Pricing
from scheduler.solver.engine.size_limits import closed_states
from scheduler.solver.rules import OF_PAGE, OF_PLACES, PRIME, RULES
from scheduler.solver.rules.terms import Limits
from scheduler.solver.week_plan import Binding

# A rule is named when one message more or less would earn this part of the week's objective.
_WORTH_NAMING = 1e-4


def binding_rules(search: Search, n: int) -> tuple[Binding, ...]:
    """Rules that hold the week of n messages down, and what moving each by one message is worth."""
    duals = search.best_duals
    if duals is None:
        return ()
    limits = search.limits
    prices = {**duals.of, PRIME.name: search.prime_price}
    found = [rule.binding(prices[rule.name]) for rule in (*OF_PAGE, *OF_PLACES)]
    reward = search.pricing.reward(duals)

    def value(size: int, other: Limits) -> float:
        closed = closed_states(other.only((size,)), search.nodes, reward.shape)
        search.table.run(reward + closed)
        return search.table.best(size, search.q_max(size))

    now = value(n, limits)
    for rule in RULES:
        for name, change, wider in rule.wider(search.problem, limits):
            found.append(Binding(name, change, value(n, wider) - now))
    if n == max(limits.sizes):
        what = f"a message more than {n}"
        holds = [name for rule in RULES if (name := rule.keeps_out(search.page, n + 1))]
        found.append(Binding((*holds, PRIME.name)[0], what, _last_message(search, n, duals)))
    least = _WORTH_NAMING * search.best_value
    return tuple(one for one in found if least < one.worth < np.inf)


def _last_message(search: Search, n: int, duals: Duals) -> float:
    """About what the n-th message adds: a further one would add about as much, or less."""
    if n < 2:
        return search.best_value
    sizes = (n - 1, n)
    pricing = Pricing(search.problem, search.nodes, search.captions, sizes)
    reward = pricing.reward(duals)
    worth = []
    for size in sizes:
        closed = closed_states(search.limits.only((size,)), search.nodes, reward.shape)
        search.table.run(reward + closed)
        worth.append(search.table.best(size, search.q_max(size)) + constant(search, size, duals))
    return worth[1] - worth[0]
