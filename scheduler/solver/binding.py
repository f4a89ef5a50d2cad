"""What the rules that a week keeps cost it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scheduler.solver.limits import Limits, explicit_span, mask
from scheduler.solver.plan import Binding
from scheduler.solver.pricing import Duals, Pricing
from scheduler.solver.rules import explicit_range
from scheduler.solver.search import Search, constant

# A rule is named when one message more or less would earn this part of the week's objective.
_WORTH_NAMING = 1e-4


def binding_rules(search: Search, n: int) -> tuple[Binding, ...]:
    """Rules that hold the week of n messages down, and what moving each by one message is worth."""
    duals = search.best_duals
    if duals is None:
        return ()
    problem, limits = search.problem, search.limits
    more = "teasing" if duals.explicit < 0 else "explicit"
    most = float(duals.category.max(initial=0))
    found = [
        ("mix", f"one {more} message more", abs(duals.explicit)),
        ("category", "one message more of a category on a day", most),
        ("prime", "one message more outside prime hours", search.prime_price),
    ]
    reward = search.pricing.reward(duals)

    def value(size: int, other: Limits) -> float:
        search.table.run(reward + mask(other, search.nodes, (size,), reward.shape))
        return search.table.best(size, search.q_max(size))

    now = value(n, limits)
    wider = replace(limits, weekend=limits.weekend + 1)
    found.append(("weekend", "one message more on the weekend", value(n, wider) - now))
    for day in np.flatnonzero(problem.day_share_cap < 1.0).tolist():
        day_limits = limits.day.copy()
        day_limits[:, day] += 1
        gain = value(n, replace(limits, day=day_limits)) - now
        found.append(("holiday", f"one message more on day {day}", gain))
    if n == max(limits.sizes):
        what = f"a message more than {n}"
        found.append((_holds_volume(search, n), what, _last_message(search, n, duals)))
    least = _WORTH_NAMING * search.best_value
    return tuple(Binding(*one) for one in found if least < one[2] < np.inf)


def _last_message(search: Search, n: int, duals: Duals) -> float:
    """About what the n-th message adds: a further one would add about as much, or less."""
    if n < 2:
        return search.best_value
    sizes = (n - 1, n)
    pricing = Pricing(search.problem, search.nodes, search.captions, sizes)
    reward = pricing.reward(duals)
    worth = []
    for size in sizes:
        search.table.run(reward + mask(search.limits, search.nodes, (size,), reward.shape))
        worth.append(search.table.best(size, search.q_max(size)) + constant(search, size, duals))
    return worth[1] - worth[0]


def _holds_volume(search: Search, n: int) -> str:
    """The rule that keeps out a week of n + 1 messages."""
    problem, nodes, captions = search.problem, search.nodes, search.captions
    if n == problem.n_max:
        return "maximum"
    if n >= nodes.size:
        return "spacing"
    if n >= len(problem.fixed) + len(captions.index):
        return "candidates"
    fewest, most = explicit_span(problem, captions, n + 1)
    low, high = explicit_range(problem, n + 1)
    return "mix" if max(low, fewest) > min(high, most) else "prime"
