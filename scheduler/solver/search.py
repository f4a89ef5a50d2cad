"""One page while it is solved: its tables, the bounds proven so far, the best week so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scheduler.solver.assign import Places, assign, plan_value
from scheduler.solver.captions import Captions
from scheduler.solver.dp import Step, WeekDP
from scheduler.solver.limits import Limits, mask, masks_differ
from scheduler.solver.nodes import Nodes
from scheduler.solver.pricing import Duals, Pricing
from scheduler.solver.problem import Float, PageProblem

Picks = tuple[tuple[int, int], ...]

# States of one dynamic program above which prime share is priced instead of counted.
_MAX_STATES = 12_000


@dataclass
class Search:
    """Everything known about one page while it is solved."""

    problem: PageProblem
    nodes: Nodes
    captions: Captions
    limits: Limits
    pricing: Pricing
    table: WeekDP
    bound: dict[int, float]
    counts_prime: bool
    best_value: float = -np.inf
    best_picks: Picks | None = None
    best_duals: Duals | None = None
    play_duals: Duals | None = None
    prime_price: float = 0.0
    seen: set[tuple[int, ...]] = field(default_factory=set)
    masks: dict[tuple[int, ...], Float] = field(default_factory=dict)

    def upper(self) -> float:
        """Proven bound over all week sizes; -inf when no size is possible."""
        return max(self.bound.values(), default=-np.inf)

    def open_sizes(self, tolerance: float) -> tuple[int, ...]:
        """Sizes that may still hold a better week than the best one."""
        floor = self.best_value
        if self.best_picks is not None:
            floor += tolerance * abs(floor)
        return tuple(n for n, b in self.bound.items() if b > floor)

    def q_max(self, n: int) -> int:
        """Off-prime messages the tables may count for n (0 where they are not counted)."""
        return int(self.limits.off_prime[n]) if self.counts_prime else 0

    def mask(self, sizes: tuple[int, ...]) -> Float:
        """Cached mask of a group of sizes."""
        if sizes not in self.masks:
            shape = self.pricing.weight.shape
            self.masks[sizes] = mask(self.limits, self.nodes, sizes, shape)
        return self.masks[sizes]


def start_search(problem: PageProblem, nodes: Nodes, captions: Captions, limits: Limits) -> Search:
    """Tables sized for the sizes in `limits` (at least one)."""
    m_max = max(limits.sizes)
    off = max(
        (int(limits.off_prime[n]) for n in limits.sizes if limits.off_prime[n] < n), default=-1
    )
    d_size = max(int(nodes.day_size.max(initial=1)), 1)
    counts = off >= 0 and (off + 1) * m_max * d_size <= _MAX_STATES
    table = WeekDP(nodes, m_max, min(off, m_max) if counts else None)
    pricing = Pricing(problem, nodes, captions, limits.sizes)
    bound = dict.fromkeys(limits.sizes, np.inf)
    return Search(problem, nodes, captions, limits, pricing, table, bound, counts)


def constant(search: Search, n: int, duals: Duals) -> float:
    """What the prices give back for a week of n messages: price x right-hand side."""
    limits = search.limits
    locked = sum(f.is_explicit for f in search.problem.fixed)
    side = limits.explicit_high if duals.explicit >= 0 else limits.explicit_low
    out = float(duals.caption.sum()) + duals.explicit * (int(side[n]) - locked)
    out += float((duals.category * search.captions.room).sum())
    return out + duals.off_prime * int(limits.off_prime[n])


def evaluate(search: Search, duals: Duals, sizes: tuple[int, ...]) -> tuple[int, float, list[Step]]:
    """Lower the bounds of these sizes; the size with the highest value, that value, its path."""
    reward = search.pricing.reward(duals)
    size, value = _run(search, reward, duals, sizes)
    if value > -np.inf and len(sizes) > 1 and masks_differ(search.limits, sizes):
        size, value = _run(search, reward, duals, (size,))
    path = search.table.path(size, search.q_max(size)) if value > -np.inf else []
    return size, value, path


def _run(search: Search, reward: Float, duals: Duals, sizes: tuple[int, ...]) -> tuple[int, float]:
    search.table.run(reward + search.mask(sizes))
    best, top = sizes[0], -np.inf
    for n in sizes:
        value = search.table.best(n, search.q_max(n)) + constant(search, n, duals)
        search.bound[n] = min(search.bound[n], value)
        if value > top:
            best, top = n, value
    return best, top


def places_of(search: Search, path: list[Step], n: int) -> Places:
    """The free places of a path, with what the rules leave for them."""
    c, limits = search.captions, search.limits
    free = [s for s in path if search.nodes.slot[s[0]] >= 0]
    locked = sum(f.is_explicit for f in search.problem.fixed)
    return Places(
        score=search.pricing.scores(path),
        day=search.nodes.day[[s[0] for s in free]],
        is_explicit=c.is_explicit,
        category=c.category,
        explicit_low=int(limits.explicit_low[n]) - locked,
        explicit_high=int(limits.explicit_high[n]) - locked,
        room=c.room,
    )


def try_path(search: Search, path: list[Step], n: int, duals: Duals) -> None:
    """Give a path its captions; remember the week when it is the best so far."""
    key = tuple(s[0] for s in path)
    off = sum(not search.nodes.is_prime[i] for i in key)
    if key in search.seen or off > search.limits.off_prime[n]:
        return
    search.seen.add(key)
    places = places_of(search, path, n)
    chosen = assign(places, duals.explicit, duals.category)
    if chosen is not None:
        locked = locked_value(search, path)
        record(search, path, [int(k) for k in chosen], plan_value(places, chosen) + locked)


def locked_value(search: Search, path: list[Step]) -> float:
    """Objective of the locked messages at their places in a path."""
    nodes, weight = search.nodes, search.pricing.weight
    return sum(float(weight[d, i, w]) for i, w, d in path if nodes.slot[i] < 0)


def record(search: Search, path: list[Step], chosen: list[int], value: float) -> None:
    """Keep the better of two weeks; of equals, the first found."""
    if value <= search.best_value * (1 + 1e-12):
        return
    slots = [int(search.nodes.slot[s[0]]) for s in path if search.nodes.slot[s[0]] >= 0]
    picks = zip(slots, [int(search.captions.index[k]) for k in chosen], strict=True)
    search.best_value, search.best_picks = value, tuple(picks)
