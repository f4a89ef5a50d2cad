"""The Lagrangian bound of a page's week, and the good weeks found on the way down.

Priced: caption uniqueness, explicit share, category per day, and prime share where it is too wide
for the state. Exact in the dynamic program: spacing, fatigue, locked messages, the number of
messages, the caps of weekend and holidays, and prime share where the state can count it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.solver.engine.closing import close
from scheduler.solver.engine.page_search import Search, evaluate, try_path
from scheduler.solver.engine.reduced_rewards import Duals, no_prices
from scheduler.solver.rules import OF_CAPTIONS, OF_PLACES, PRICED, UNIQUENESS
from scheduler.solver.rules.rule import oversteps, stepped
from scheduler.solver.rules.terms import Step
from scheduler.solver.week_problem import Float


@dataclass(frozen=True)
class SolverOptions:
    """How hard to try. Counts of iterations, never seconds: the same on every machine.

    Attributes:
        rounds: most rounds of dual steps, each followed by a MILP over the states in play.
        first_steps: dual steps of the first round.
        steps: dual steps of each later round.
        gap_stop: relative gap at which a page is done.
    """

    rounds: int = 8
    first_steps: int = 30
    steps: int = 10
    gap_stop: float = 1e-3


# Paths whose states are in play, states per message among them, and sizes tried per round.
_PATHS = 40
_STATES = 1.3
_SIZES = 2
_SIZES_BEFORE_FIRST = 6
# Times that the prices of a MILP without a week bring it new states.
_COLUMNS = 6
# Relative gap below which they do so only once.
_WIDE_GAP = 0.01
# Rounds without any week after which these limits are given up.
_PATIENCE = 3


def descend(search: Search, options: SolverOptions) -> None:
    """Rounds of projected subgradient steps (Polyak's, towards the best week), then a MILP."""
    duals = _first_duals(search)
    if duals is None:
        return
    step = _Step()
    paths: deque[tuple[int, list[Step]]] = deque(maxlen=_PATHS)
    for i in range(options.rounds):
        for _ in range(options.steps if i else options.first_steps):
            sizes = search.open_sizes(options.gap_stop)
            if not sizes:
                return
            size, value, path = evaluate(search, duals, sizes)
            if value == -np.inf:
                continue
            if search.best_duals is None or value < step.lowest:
                search.best_duals = duals
            paths.append((size, path))
            try_path(search, path, size, duals)
            duals = step.move(search, duals, size, value, path)
        for size, found in _close_open_sizes(search, paths, options.gap_stop):
            _, value, path = evaluate(search, found, (size,))
            paths.append((size, path))
            search.play_duals = found
            if value < step.lowest:
                search.best_duals, step.lowest, duals = found, value, found
        if search.best_picks is None and i + 1 >= _PATIENCE:
            return


def _close_open_sizes(
    search: Search, paths: Sequence[tuple[int, list[Step]]], gap_stop: float
) -> Iterator[tuple[int, Duals]]:
    """MILPs for the sizes with the highest bounds, as long as they may still hold a better week."""
    sizes = sorted(search.open_sizes(gap_stop), key=lambda n: (-search.bound[n], n))
    if search.best_picks is None:  # the sizes with high bounds may be out of reach
        sizes = sizes[:: max(len(sizes) // _SIZES_BEFORE_FIRST, 1)]
    else:
        sizes = sizes[:_SIZES]
    for n in sizes:
        if n not in search.open_sizes(gap_stop) or search.best_duals is None:
            continue
        states: set[Step] = set()
        for size, path in reversed(paths):
            if size == n and len(states.union(path)) <= _STATES * n + 10:
                states.update(path)
        if not states:
            _, value, path = evaluate(search, search.best_duals, (n,))
            if value == -np.inf:
                continue
            states = set(path)
        for _ in range(_COLUMNS if search.open_sizes(_WIDE_GAP) else 1):
            closed = close(search, states, n, search.play_duals or search.best_duals)
            if closed.duals is None:
                break
            yield n, closed.duals
            size, path = paths[-1]
            if closed.is_found or size != n or states.issuperset(path):
                break
            states.update(path)


def _first_duals(search: Search) -> Duals | None:
    """Prices from the path without prices: each caption's worth above the first one unused."""
    c = search.captions
    duals = no_prices(c)
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
        return Duals({**duals.of, UNIQUENESS.name: np.maximum(mean - first_unused, 0.0)})
    return duals


class _Step:
    """State of the subgradient method."""

    def __init__(self) -> None:
        self.factor, self.lowest, self.stale = 1.0, np.inf, 0

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
        norm = sum(float((of_rows**2).sum()) for of_rows in slope.values())
        if norm == 0:
            return duals
        size = self.factor * max(value - target, 1e-4 * abs(value)) / norm
        return Duals({name: stepped(duals.of[name], slope[name], size) for name in slope})


def _slope(search: Search, duals: Duals, n: int, path: list[Step]) -> dict[str, Float]:
    """How far the path oversteps each priced rule; 0 where a price at 0 would have to fall."""
    c, nodes, bounds = search.captions, search.nodes, search.bounds(n)
    chosen, _ = search.pricing.choose(path, duals)
    places = np.array([s[0] for s in path], dtype=np.int64)
    days = nodes.day[places[nodes.slot[places] >= 0]]
    rows = {}
    for rule in OF_CAPTIONS:
        labels = c.room[rule.name].shape[1] if rule.per_day else 0
        rows[rule.name] = rule.rows_of(c.label[rule.name][chosen], days, labels)
    for rule in OF_PLACES:
        rows[rule.name] = rule.place_label(nodes)[places]
    out = {}
    for rule in PRICED:
        price = duals.of[rule.name]
        is_counted = rule is search.counted
        count = rule.count(rows[rule.name], len(price))
        out[rule.name] = (
            np.zeros(len(price)) if is_counted else oversteps(count, bounds[rule.name], price)
        )
    return out
