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

from scheduler.solver.close import close
from scheduler.solver.dp import Step
from scheduler.solver.pricing import Duals
from scheduler.solver.search import Search, evaluate, try_path


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
                search.best_duals = duals.copy()
            paths.append((size, path))
            try_path(search, path, size, duals)
            duals = step.move(search, duals, size, value, path)
        for size, found in _close_open_sizes(search, paths, options.gap_stop):
            _, value, path = evaluate(search, found, (size,))
            paths.append((size, path))
            search.play_duals = found
            if value < step.lowest:
                search.best_duals, step.lowest, duals = found.copy(), value, found
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
        duals.caption = np.asarray(np.maximum(mean - first_unused, 0.0), dtype=np.float64)
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
    return Duals(np.asarray(caption, np.float64), float(explicit), category, off)
