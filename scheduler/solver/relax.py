"""Which rules give way when no week keeps them all, and by how little.

Rules give way in the order of their tiers: first those of tier 3 (category per day, weekend and
holiday caps), then tier 2 (mix, prime share), last the least number of messages. Spacing,
uniqueness, candidates and the most messages never do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from scheduler.solver.captions import Captions
from scheduler.solver.dp import WeekDP
from scheduler.solver.limits import (
    Limits,
    explicit_span,
    mask,
    most_messages,
    most_prime,
)
from scheduler.solver.nodes import Nodes
from scheduler.solver.problem import DAYS, Float, PageProblem

_EPS = 1e-9
# Off-prime counts above which the caps are relaxed without counting prime messages.
_MAX_COUNTED = 24


def attempts() -> Iterator[tuple[frozenset[str], bool]]:
    """Sets of rules to relax, least serious first, and whether the category cap may grow too."""
    for minimum, tier2, caps, category in product(
        ((), ("minimum",)),
        ((), ("mix",), ("prime",), ("mix", "prime")),
        ((), ("caps",)),
        (False, True),
    ):
        yield frozenset((*minimum, *tier2, *caps)), category


def relaxed_limits(
    problem: PageProblem, nodes: Nodes, captions: Captions, stated: Limits, which: frozenset[str]
) -> Iterator[Limits]:
    """Limits with these rules moved as little as possible, first for sizes that need it least."""
    high = most_messages(problem, nodes, captions)
    low = max(len(problem.fixed), 1, 1 if "minimum" in which else problem.n_min)
    sizes = tuple(range(low, min(high, problem.n_min) + 1 if "minimum" in which else high + 1))
    limits = replace(stated, sizes=sizes)
    cost = np.zeros(problem.n_max + 1)
    limits = _move_mix(problem, captions, limits, cost, move="mix" in which)
    if "caps" in which:
        limits = _move_caps(problem, nodes, limits, cost, count_prime="prime" not in which)
    limits = _move_prime(nodes, limits, cost, move="prime" in which)
    if "minimum" in which:
        cost = -np.arange(problem.n_max + 1.0)
    for level in np.unique(np.round(cost[list(limits.sizes)], 9)):
        sizes = tuple(n for n in limits.sizes if abs(cost[n] - level) <= _EPS)
        yield replace(limits, sizes=sizes)


def _move_mix(
    problem: PageProblem, captions: Captions, limits: Limits, cost: Float, *, move: bool
) -> Limits:
    """Per size the explicit counts within reach that are nearest to the target range."""
    low, high = limits.explicit_low.copy(), limits.explicit_high.copy()
    sizes = []
    for n in limits.sizes:
        fewest, most = explicit_span(problem, captions, n)
        if fewest > most:
            continue
        inside = max(low[n], fewest), min(high[n], most)
        if inside[0] > inside[1]:
            if not move:
                continue
            away = np.array([_distance(problem, e / n) for e in range(fewest, most + 1)])
            best = fewest + int(away.argmin())
            low[n] = high[n] = best
            cost[n] += float(away.min())
        sizes.append(n)
    return replace(limits, sizes=tuple(sizes), explicit_low=low, explicit_high=high)


def _distance(problem: PageProblem, share: float) -> float:
    return max(abs(share - problem.explicit_share) - problem.explicit_tolerance, 0.0)


def _move_prime(nodes: Nodes, limits: Limits, cost: Float, *, move: bool) -> Limits:
    """Per size the most prime messages that spacing leaves, when that is below the share."""
    off, sizes = limits.off_prime.copy(), []
    for n in limits.sizes:
        most = most_prime(nodes, limits, (n,))[n]
        short = n - off[n] - most
        if most == -np.inf or (short > 0 and not move):
            continue
        if short > 0:
            off[n] = n - int(most)
            cost[n] += short / n
        sizes.append(n)
    return replace(limits, sizes=tuple(sizes), off_prime=off)


def _move_caps(
    problem: PageProblem, nodes: Nodes, limits: Limits, cost: Float, *, count_prime: bool
) -> Limits:
    """Per size the fewest messages on capped days that spacing (and prime share) leaves."""
    if not limits.sizes:
        return limits
    m_max = max(limits.sizes)
    off = max(int(limits.off_prime[n]) for n in limits.sizes)
    counted = count_prime and off <= _MAX_COUNTED
    table = WeekDP(nodes, m_max, off if counted else None)
    capped = nodes.is_weekend | (problem.day_share_cap < 1.0)[nodes.day]
    shape = (table.d_size, len(nodes.slot), m_max)
    loose = replace(
        limits,
        weekend=np.arange(problem.n_max + 1),
        day=np.where(problem.day_share_cap < 1.0, problem.n_max, limits.day),
    )
    gain = np.broadcast_to(-capped.astype(np.float64)[None, :, None], shape)
    table.run(gain + mask(loose, nodes, limits.sizes, shape))
    weekend, day, sizes = limits.weekend.copy(), limits.day.copy(), []
    for n in limits.sizes:
        q = int(limits.off_prime[n]) if counted else 0
        if table.best(n, q) == -np.inf:
            continue
        rows = np.array([s[0] for s in table.path(n, q)])
        counts = np.bincount(nodes.day[rows], minlength=DAYS)
        on_weekend = int(nodes.is_weekend[rows].sum())
        over = max(on_weekend / n - problem.weekend_share_cap, 0.0) * (on_weekend > weekend[n])
        beyond = (counts > day[n]) & (problem.day_share_cap < 1.0)
        over += float((counts / n - problem.day_share_cap)[beyond].sum())
        weekend[n] = max(weekend[n], on_weekend)
        day[n] = np.where(beyond, counts, day[n])
        cost[n] += 0.01 * over
        sizes.append(n)
    return replace(limits, sizes=tuple(sizes), weekend=weekend, day=day)
