"""The Lagrangian bound of a page's week, and the good weeks found on the way down.

Priced: caption uniqueness, explicit share, category per day, and prime share where it is too wide
for the state. Exact in the dynamic program: spacing, fatigue, locked messages, the number of
messages, the caps of weekend and holidays, and prime share where the state can count it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scheduler.solver.assign import Places, assign, plan_value
from scheduler.solver.captions import Captions
from scheduler.solver.dp import Step, WeekDP
from scheduler.solver.exact_assign import assign_elastic
from scheduler.solver.limits import Limits, mask, masks_differ
from scheduler.solver.nodes import Nodes
from scheduler.solver.pricing import Duals, Pricing
from scheduler.solver.problem import DAYS, Float, PageProblem

Picks = tuple[tuple[int, int], ...]

# States of one dynamic program above which prime share is priced instead of counted.
_MAX_STATES = 12_000
# Dual steps after which a MILP looks for a first week, if there is none yet.
_RESCUE = (10, 30, 60, 100, 150)


@dataclass(frozen=True)
class SolverOptions:
    """How hard to try. Counts of iterations, never seconds: the same on every machine.

    Attributes:
        iterations: most dual steps.
        gap_stop: relative gap at which a page is done.
    """

    iterations: int = 160
    gap_stop: float = 5e-4


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
    table = WeekDP(nodes, m_max, min(off, m_max) + 1 if counts else 1)
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


def rescue(search: Search, path: list[Step], n: int, duals: Duals) -> None:
    """Captions by MILP for a path, when no week has been found yet; nothing may be relaxed."""
    off = sum(not search.nodes.is_prime[s[0]] for s in path)
    if off > search.limits.off_prime[n]:
        return
    places = places_of(search, path, n)
    found = assign_elastic(places, places.score - search.pricing.caption_prices(path, duals))
    if found is not None and places.is_valid(found.chosen):
        locked = locked_value(search, path)
        record(search, path, found.chosen.tolist(), plan_value(places, found.chosen) + locked)


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


def descend(search: Search, options: SolverOptions) -> None:
    """Projected subgradient with Polyak steps towards the best week's value."""
    duals = _first_duals(search)
    if duals is None:
        return
    step = _Step(len(search.captions.index))
    for i in range(options.iterations):
        sizes = search.open_sizes(options.gap_stop)
        if not sizes:
            break
        size, value, path = evaluate(search, duals, sizes)
        if value == -np.inf:
            continue
        if search.best_duals is None or value < step.lowest:
            search.best_duals = duals.copy()
        try_path(search, path, size, duals)
        if i in _RESCUE and search.best_picks is None:
            rescue(search, path, size, duals)
        duals = step.move(search, duals, size, value, path)


def _first_duals(search: Search) -> Duals | None:
    """Prices from the path without prices: what each caption is worth above the first one unused."""
    c = search.captions
    duals = Duals(np.zeros(len(c.index)), 0.0, np.zeros(c.room.shape), 0.0)
    sizes = search.open_sizes(0.0)
    while sizes:
        size, value, path = evaluate(search, duals, sizes)
        if value > -np.inf:
            break
        sizes = tuple(n for n in sizes if search.bound[n] > -np.inf)
    if not sizes or not len(c.index):
        return duals if sizes else None
    try_path(search, path, size, duals)
    score = search.pricing.scores(path)
    if len(score):
        mean = score.mean(axis=0)
        first_unused = np.sort(mean)[::-1][min(len(score), len(mean) - 1)]
        duals.caption = np.maximum(mean - first_unused, 0.0)
    return duals


class _Step:
    """State of the subgradient method."""

    def __init__(self, k: int) -> None:
        self.factor, self.lowest, self.stale = 1.0, np.inf, 0
        self.last = Duals(np.zeros(k), 0.0, np.zeros((DAYS, 0)), 0.0)

    def move(self, search: Search, duals: Duals, n: int, value: float, path: list[Step]) -> Duals:
        """The next prices."""
        if value < self.lowest - 1e-4 * abs(self.lowest):
            self.stale = 0
        else:
            self.stale += 1
            if self.stale >= 6:
                self.factor, self.stale = self.factor * 0.7, 0
        self.lowest = min(self.lowest, value)
        slope = _slope(search, duals, n, path)
        target = search.best_value if search.best_value > -np.inf else 0.9 * value
        norm = float((slope.caption**2).sum() + slope.explicit**2 + (slope.category**2).sum())
        norm += slope.off_prime**2
        if norm == 0:
            return duals
        size = self.factor * max(value - target, 1e-4 * abs(value)) / norm
        explicit = duals.explicit + size * slope.explicit
        if explicit * duals.explicit < 0:
            explicit = 0.0
        return Duals(
            np.maximum(duals.caption + size * slope.caption, 0.0),
            explicit,
            np.maximum(duals.category + size * slope.category, 0.0),
            max(duals.off_prime + size * slope.off_prime, 0.0),
        )


def _slope(search: Search, duals: Duals, n: int, path: list[Step]) -> Duals:
    """How far the path oversteps each priced rule; 0 where a price at 0 would have to fall."""
    c, limits, problem = search.captions, search.limits, search.problem
    chosen, _ = search.pricing.choose(path, duals)
    caption = np.bincount(chosen, minlength=len(c.index)) - 1.0
    caption[(duals.caption <= 0) & (caption < 0)] = 0.0
    count = int(c.is_explicit[chosen].sum()) + sum(f.is_explicit for f in problem.fixed)
    low, high = int(limits.explicit_low[n]), int(limits.explicit_high[n])
    if duals.explicit > 0:
        explicit = count - high
    elif duals.explicit < 0:
        explicit = count - low
    else:
        explicit = max(count - high, 0) + min(count - low, 0)
    days = search.nodes.day[[s[0] for s in path if search.nodes.slot[s[0]] >= 0]]
    category = -c.room.astype(np.float64)
    np.add.at(category, (days, c.category[chosen]), 1.0)
    category[(duals.category <= 0) & (category < 0)] = 0.0
    off = float(sum(not search.nodes.is_prime[s[0]] for s in path)) - int(limits.off_prime[n])
    if search.counts_prime or (duals.off_prime <= 0 and off < 0):
        off = 0.0
    return Duals(caption, float(explicit), category, off)
