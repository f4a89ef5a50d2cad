"""Rewards of the dynamic program: at each state, the best caption after its prices.

A caption's reward at a state is g x score - price: linear in the state's weight g. The best caption
is therefore a convex function of g; on a grid of weights its chords lie on or above it, so reading
the chords keeps the bound a bound at a fraction of the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scheduler.solver.rules import OF_CAPTIONS, OF_PLACES, PER_DAY, PRICED
from scheduler.solver.rules.rule import price_of
from scheduler.solver.rules.terms import Captions, Nodes, Step
from scheduler.solver.week_problem import DAYPARTS, DAYS, Bool, Float, Int, PageProblem

_OF_WEEK = tuple(rule for rule in OF_CAPTIONS if rule not in PER_DAY)
_GRID = 160
_SPAN = 64.0


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices in objective units: by rule, one per row (see `rules.rule.PricedRule`).

    0 or more for what must not be exceeded; negative where a rule asks for more.
    """

    of: Mapping[str, Float]

    def on_captions(self, captions: Captions) -> Float:
        """(k,) what each caption pays whatever its day."""
        price = np.zeros(len(captions.index))
        for rule in _OF_WEEK:
            price = price + price_of(self.of[rule.name], captions.label[rule.name])
        return price

    def on_days(self, captions: Captions) -> Float:
        """(7, k) what each caption pays by its day."""
        days = np.arange(DAYS)[:, None]
        price = np.zeros((DAYS, len(captions.index)))
        for rule in PER_DAY:
            labels = captions.room[rule.name].shape[1]
            rows = rule.rows_of(captions.label[rule.name], days, labels)
            price = price + price_of(self.of[rule.name], rows)
        return price


def no_prices(captions: Captions) -> Duals:
    """All 0."""
    return Duals({rule.name: np.zeros(rule.row_count(captions)) for rule in PRICED})


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
        self.is_full = _is_full(captions)
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
        for rule in OF_PLACES:
            price = duals.of[rule.name]
            if price.any():
                out -= price_of(price, rule.place_label(self.nodes))[None, :, None]
        return out

    def _envelope(self, duals: Duals) -> Float:
        """(7, 4, grid) best caption's reward at each grid weight."""
        c = self.captions
        lines = c.score.T[:, :, None] * self.grid[None, None, :]
        lines -= duals.on_captions(c)[None, :, None]
        by_cell = np.maximum.reduceat(lines, c.starts, axis=1)
        if not any(duals.of[rule.name].any() for rule in PER_DAY):
            return np.broadcast_to(by_cell.max(axis=1), (DAYS, DAYPARTS, _GRID))
        # a cell without room costs more than any message brings
        beyond = 1e3 * float(self.grid[-1]) * float(c.score.max())
        closed = duals.on_days(c)[:, c.starts] + beyond * self.is_full
        return np.asarray((by_cell[None] - closed[:, None, :, None]).max(axis=2))

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
        days = self.nodes.day[[s[0] for s in path if self.nodes.slot[s[0]] >= 0]]
        c = self.captions
        return np.asarray(duals.on_captions(c)[None, :] + duals.on_days(c)[days])


def _is_full(captions: Captions) -> Bool:
    """(7, cells) no room for the cell's captions on the day."""
    full = np.zeros((DAYS, len(captions.starts)), dtype=bool)
    for rule, room in captions.room.items():
        label = captions.label[rule][captions.starts]
        full |= (label >= 0) & (room[:, label] <= 0) if room.size else False
    return full


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
