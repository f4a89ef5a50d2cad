"""One page while it is solved: its tables, the bounds proven so far, the best week so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scheduler.solver.engine.assignment import Places, assign, plan_value
from scheduler.solver.engine.path_program import WeekDP
from scheduler.solver.engine.reduced_rewards import Duals, Pricing
from scheduler.solver.engine.size_limits import closed_alike, closed_states
from scheduler.solver.rules import OF_PAGE, PRICED, PRIME, PricedRule
from scheduler.solver.rules.rule import Bounds, given_back
from scheduler.solver.rules.terms import Captions, Limits, Nodes, Page, Step
from scheduler.solver.week_problem import Float, PageProblem

Picks = tuple[tuple[int, int], ...]

# States of one dynamic program above which prime share is priced instead of counted.
_MAX_STATES = 12_000


@dataclass
class Search:
    """Everything known about one page while it is solved."""

    page: Page
    limits: Limits
    pricing: Pricing
    table: WeekDP
    bound: dict[int, float]
    counts_prime: bool
    best_value: float = -np.inf
    best_picks: Picks | None = None
    best_duals: Duals | None = None
    play_duals: Duals | None = None
    prime_price: Float = field(default_factory=lambda: np.zeros(1))
    seen: set[tuple[int, ...]] = field(default_factory=set)
    masks: dict[tuple[int, ...], Float] = field(default_factory=dict)
    bounds_of: dict[int, dict[str, Bounds]] = field(default_factory=dict)

    @property
    def counted(self) -> PricedRule | None:
        """The rule that the tables count, so that it needs no price."""
        return PRIME if self.counts_prime else None

    @property
    def problem(self) -> PageProblem:
        """The page's problem."""
        return self.page.problem

    @property
    def nodes(self) -> Nodes:
        """The places of its week."""
        return self.page.nodes

    @property
    def captions(self) -> Captions:
        """The candidates left."""
        return self.page.captions

    def bounds(self, n: int) -> dict[str, Bounds]:
        """By rule, what a week of n messages may count."""
        if n not in self.bounds_of:
            self.bounds_of[n] = {r.name: r.bounds(self.page, self.limits, n) for r in PRICED}
        return self.bounds_of[n]

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
        return int(self.limits.of[PRIME.name][n]) if self.counts_prime else 0

    def mask(self, sizes: tuple[int, ...]) -> Float:
        """Cached mask of a group of sizes."""
        if sizes not in self.masks:
            shape = self.pricing.weight.shape
            self.masks[sizes] = closed_states(self.limits.only(sizes), self.nodes, shape)
        return self.masks[sizes]


def start_search(page: Page, limits: Limits) -> Search:
    """Tables sized for the sizes in `limits` (at least one)."""
    m_max, off_prime = max(limits.sizes), limits.of[PRIME.name]
    off = max((int(off_prime[n]) for n in limits.sizes if off_prime[n] < n), default=-1)
    d_size = max(int(page.nodes.day_size.max(initial=1)), 1)
    counts = off >= 0 and (off + 1) * m_max * d_size <= _MAX_STATES
    table = WeekDP(page.nodes, m_max, min(off, m_max) if counts else None)
    pricing = Pricing(page.problem, page.nodes, page.captions, limits.sizes)
    bound = dict.fromkeys(limits.sizes, np.inf)
    return Search(page, limits, pricing, table, bound, counts)


def constant(search: Search, n: int, duals: Duals) -> float:
    """What the prices give back for a week of n messages: price x right-hand side."""
    bounds = search.bounds(n)
    return sum(given_back(duals.of[rule.name], bounds[rule.name]) for rule in PRICED)


def evaluate(search: Search, duals: Duals, sizes: tuple[int, ...]) -> tuple[int, float, list[Step]]:
    """Lower the bounds of these sizes; the size with the highest value, that value, its path."""
    reward = search.pricing.reward(duals)
    size, value = _run(search, reward, duals, sizes)
    if value > -np.inf and len(sizes) > 1 and not closed_alike(search.limits.only(sizes)):
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
    free = [s for s in path if search.nodes.slot[s[0]] >= 0]
    bounds, c = search.bounds(n), search.captions
    return Places(
        score=search.pricing.scores(path),
        day=search.nodes.day[[s[0] for s in free]],
        label={rule.name: c.label[rule.name] for rule in OF_PAGE},
        labels={rule.name: c.room[rule.name].shape[1] for rule in OF_PAGE if rule.per_day},
        bounds={rule.name: bounds[rule.name] for rule in OF_PAGE},
    )


def try_path(search: Search, path: list[Step], n: int, duals: Duals) -> None:
    """Give a path its captions; remember the week when it is the best so far."""
    key = tuple(s[0] for s in path)
    off = sum(not search.nodes.is_prime[i] for i in key)
    if key in search.seen or off > search.limits.of[PRIME.name][n]:
        return
    search.seen.add(key)
    places = places_of(search, path, n)
    chosen = assign(places, duals.of)
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
