"""Rewards of the dynamic program: at each state, the best caption after its prices.

A caption's reward at a state is g x score - price: linear in the state's weight g. The best caption
is therefore a convex function of g; on a grid of weights its chords lie on or above it, so reading
the chords keeps the bound a bound at a fraction of the work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.solver.captions import Captions
from scheduler.solver.dp import Step
from scheduler.solver.nodes import Nodes
from scheduler.solver.problem import DAYPARTS, DAYS, Bool, Float, Int, PageProblem

_GRID = 160
_SPAN = 64.0


@dataclass
class Duals:
    """Prices in objective units.

    Attributes:
        caption: (k,) price of using a caption.
        explicit: of an explicit message; negative when more of them are wanted.
        category: (7, C) of a category on a day.
        off_prime: of a message outside prime hours.
    """

    caption: Float
    explicit: float
    category: Float
    off_prime: float

    def copy(self) -> Duals:
        """An independent copy."""
        return Duals(self.caption.copy(), self.explicit, self.category.copy(), self.off_prime)


class Pricing:
    """Weights of all states of one page, and rewards under given prices."""

    def __init__(
        self, problem: PageProblem, nodes: Nodes, captions: Captions, sizes: tuple[int, ...]
    ) -> None:
        self.nodes, self.captions = nodes, captions
        m_max, d_size = max(sizes), max(int(nodes.day_size.max(initial=1)), 1)
        self.weight = state_weights(problem, nodes, m_max, d_size)
        self.live = _live(nodes, self.weight.shape, min(sizes))
        self.flat = np.flatnonzero(self.live & (nodes.slot >= 0)[None, :, None])
        weight = self.weight.ravel()[self.flat]
        top = max(float(weight.max(initial=0.0)), 1e-300)
        self.grid = np.concatenate([[0.0], np.geomspace(top / _SPAN, top, _GRID - 1)])
        self.grid[-1] = top
        cell = np.clip(np.searchsorted(self.grid, weight, side="right") - 1, 0, _GRID - 2)
        self.frac = (weight - self.grid[cell]) / np.diff(self.grid)[cell]
        place = self.flat // m_max % len(nodes.slot)
        self.base = (nodes.day[place] * DAYPARTS + nodes.daypart[place]) * _GRID + cell
        is_locked = (nodes.slot < 0)[None, :, None]
        self.rest = np.where(self.live & is_locked, self.weight, -np.inf)

    def reward(self, duals: Duals) -> Float:
        """(d, n, m) best reward after prices, never below the exact one; -inf where unreachable."""
        out = self.rest.copy()
        if len(self.captions.index):
            best = self._envelope(duals).ravel()
            low = best.take(self.base)
            low += self.frac * (best.take(self.base + 1) - low)
            out.ravel()[self.flat] = low
        if duals.off_prime:
            out[:, ~self.nodes.is_prime] -= duals.off_prime
        return out

    def _envelope(self, duals: Duals) -> Float:
        """(7, 4, grid) best caption's reward at each grid weight."""
        c = self.captions
        price = duals.caption + duals.explicit * c.is_explicit
        lines = c.score.T[:, :, None] * self.grid[None, None, :]
        lines -= price[None, :, None]
        by_category = np.maximum.reduceat(lines, c.starts, axis=1)
        if not duals.category.any():
            return np.broadcast_to(by_category.max(axis=1), (DAYS, DAYPARTS, _GRID))
        # a category without room costs more than any message brings
        beyond = 1e3 * float(self.grid[-1]) * float(c.score.max())
        closed = duals.category + beyond * (c.room <= 0)
        return np.asarray((by_category[None] - closed[:, None, :, None]).max(axis=2))

    def choose(self, path: list[Step], duals: Duals) -> tuple[Int, Float]:
        """The best caption at each free step of a path, and the reward (exact, after prices)."""
        reduced = self.scores(path) - self.caption_prices(path, duals)
        if not len(reduced):
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        best = reduced.argmax(axis=1)
        return best, reduced[np.arange(len(best)), best]

    def scores(self, path: list[Step]) -> Float:
        """(free steps, k) objective of each caption at each free step of a path."""
        steps = np.array([s for s in path if self.nodes.slot[s[0]] >= 0], dtype=np.int64)
        steps = steps.reshape(-1, 3)
        weight = self.weight[steps[:, 2], steps[:, 0], steps[:, 1]]
        return np.asarray(weight[:, None] * self.captions.score.T[self.nodes.daypart[steps[:, 0]]])

    def caption_prices(self, path: list[Step], duals: Duals) -> Float:
        """(free steps, k) what each caption pays at each free step."""
        c = self.captions
        days = self.nodes.day[[s[0] for s in path if self.nodes.slot[s[0]] >= 0]]
        price = duals.caption + duals.explicit * c.is_explicit
        return np.asarray(price[None, :] + duals.category[days][:, c.category])


def _live(nodes: Nodes, shape: tuple[int, ...], least: int) -> Bool:
    """(d, n, m) states that a path of `least` or more messages can pass."""
    d, w = np.arange(shape[0])[:, None, None], np.arange(shape[2])[None, None, :]
    out = (d <= w) & (d <= nodes.today[None, :, None]) & (w <= nodes.before[None, :, None])
    return np.asarray(out & (w + 1 + nodes.after[None, :, None] >= least))


def state_weights(problem: PageProblem, nodes: Nodes, m_max: int, d_size: int) -> Float:
    """(d, n, m) objective per unit of caption score; at locked messages, the objective itself."""
    w = np.minimum(np.arange(m_max), problem.fatigue.shape[1] - 1)
    d = np.minimum(np.arange(d_size), problem.fatigue.shape[2] - 1)
    out = np.empty((d_size, len(nodes.slot), m_max))
    free = nodes.slot >= 0
    slots = nodes.slot[free]
    factor = problem.slot_factor[slots] * problem.slot_choice_weight[slots]
    table = problem.fatigue[slots][:, w][:, :, d] * factor[:, None, None]
    out[:, free] = np.moveaxis(table, 2, 0)
    for i in np.flatnonzero(~free):
        f = problem.fixed[int(nodes.fixed[i])]
        fw = np.minimum(np.arange(m_max), f.fatigue.shape[0] - 1)
        fd = np.minimum(np.arange(d_size), f.fatigue.shape[1] - 1)
        out[:, i] = f.value * f.choice_weight * f.fatigue[fw][:, fd].T
    return out
