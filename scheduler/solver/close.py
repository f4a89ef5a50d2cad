"""Closing the gap: a MILP over the states and captions that the prices left in play.

The states are those that the dynamic program's best paths passed lately, joined into one graph: a
week may follow one path on Monday and another on Friday. Where the whole page is small, the graph
holds every state and caption, and the MILP's own bound is proven for the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scheduler.solver.dp import Step
from scheduler.solver.milp import Model, Program, Solution
from scheduler.solver.pricing import Duals
from scheduler.solver.problem import Bool, Float, Int
from scheduler.solver.search import Search, record

# States x captions up to which everything is in play.
_SMALL = 2_500
# Captions in play at a state: within this part of the open gap from the best one.
_IN_PLAY = 0.5
# Most pairs of state and caption in play.
_PAIRS = 4_000
# Times that captions are let in after the relaxation, and by how much they must better a state.
_PRICINGS = 4
_MISS = 1e-5
# Columns that cost the relaxation more than this part of it are left out of the MILP.
_KEEP = 0.0005
# Price of breaking mix or categories in the relaxation, in best messages.
_SLACK = 5.0
# Captions of each category in play at each state, when fewer leave no week.
_WIDE = 4
# (nodes, relative gap) at which the MILP stops.
_EFFORT = (4, 5e-4)
_SMALL_EFFORT = (100_000, 1e-9)


@dataclass(frozen=True, eq=False)
class _Graph:
    """States (place, w, d) of weeks of n messages, by w, place, d, and who may follow whom."""

    n: int
    states: Int
    tail: Int
    head: Int
    free: Int

    def path(self, chosen: Int) -> list[Step]:
        """These states as steps."""
        return [(int(p), int(w), int(d)) for p, w, d in self.states[chosen]]


@dataclass(frozen=True, eq=False)
class _Built:
    """A model and where things stand in it.

    Columns `y` are the states, `x` the pairs (`at`, `caption`) in play; rows of the priced rules.
    """

    model: Model
    y: Int
    x: Int
    at: Int
    caption: Int
    off_prime: int
    captions: Int
    caption_rows: Int
    explicit: int
    pairs: Int
    pair_rows: Int
    slack: Int


@dataclass(frozen=True, eq=False)
class Closed:
    """What a MILP found out.

    `duals`: the rules' prices in the relaxation over what is in play, good prices for the whole
    page (None: there is no relaxation). `is_found`: it has a week.
    """

    duals: Duals | None
    is_found: bool


def close(search: Search, states: set[Step], n: int, start: Duals) -> Closed:
    """Look for a better week of n messages; lower the bound of n when every state is in play.

    Args:
        search: the page.
        states: states in play.
        n: messages of the week.
        start: prices that say which captions are in play at first.
    """
    every = _every_state(search, n)
    if len(every) * max(len(search.captions.index), 1) <= _SMALL:
        graph = _graph(search, every, n)
        keep = np.ones((len(graph.free), len(search.captions.index)), dtype=bool)
        built = _build(search, graph, keep)
        program = Program(built.model)
        program.close_columns(built.slack)
        solution = program.solve(*_SMALL_EFFORT)
        search.bound[n] = min(search.bound[n], solution.bound)
        return Closed(None, _record(search, graph, built, solution))
    graph = _graph(search, np.array(sorted(states), dtype=np.int64).reshape(-1, 3), n)
    found = _relax(search, graph, start)
    if found is None:
        return Closed(None, is_found=False)
    built, program, duals = found
    program.close_columns(built.slack)
    return Closed(duals, _record(search, graph, built, program.solve(*_EFFORT)))


def _relax(search: Search, graph: _Graph, start: Duals) -> tuple[_Built, Program, Duals] | None:
    """Solve the relaxation, let in the captions that its prices miss, and again; None: no week."""
    found: tuple[_Built, Program, Duals] | None = None
    keep = _in_play(search, graph, start)
    for _ in range(_PRICINGS):
        built = _build(search, graph, keep)
        program = Program(built.model)
        prices = program.prices(_KEEP)
        if prices is None:
            wider = keep | _best_of_categories(search, graph, start)
            if (wider == keep).all():
                return None
            keep = wider
            continue
        found = built, program, _duals(search, prices, built)
        behind = _behind(search, graph, found[2])
        missed = np.where(keep, behind, np.inf).min(axis=1)
        if missed.max() <= _MISS * search.upper():
            break
        keep = keep | _in_play(search, graph, found[2])
    return found


def _record(search: Search, graph: _Graph, built: _Built, solution: Solution) -> bool:
    """Remember the week of a solution; whether there is one."""
    if solution.values is None:
        return False
    used = np.flatnonzero(solution.values[built.x] > 0.5)
    used = used[np.argsort(built.at[used], kind="stable")]
    path = graph.path(np.flatnonzero(solution.values[built.y] > 0.5))
    record(search, path, built.caption[used].tolist(), solution.objective)
    return True


def _duals(search: Search, prices: Float, built: _Built) -> Duals:
    """Prices of the rules from the prices of the model's rows."""
    c = search.captions
    caption, category = np.zeros(len(c.index)), np.zeros(c.room.shape)
    caption[built.captions] = np.maximum(prices[built.caption_rows], 0.0)
    of_pairs = np.maximum(prices[built.pair_rows], 0.0)
    category[built.pairs[:, 0], built.pairs[:, 1]] = of_pairs
    search.prime_price = max(float(prices[built.off_prime]), 0.0)
    off_prime = 0.0 if search.counts_prime else search.prime_price
    return Duals(caption, float(prices[built.explicit]), category, off_prime)


def _build(search: Search, graph: _Graph, keep: Bool) -> _Built:
    """The model of these states with the pairs (free state, caption) of `keep`."""
    row, caption = np.nonzero(keep)
    at = graph.free[row]
    scores = search.pricing.scores(graph.path(np.arange(len(graph.states))))
    model = Model()
    y = model.add_columns(_locked_gain(search, graph), is_integer=True)
    z = model.add_columns(np.zeros(len(graph.tail)), is_integer=False)
    x = model.add_columns(scores[row, caption], is_integer=True)
    off_prime = _add_path_rows(model, search, graph, y, z)
    rows = _add_caption_rows(model, search, graph, (at, caption), (y, x))
    return _Built(model, y, x, at, caption, off_prime, *rows)


def _every_state(search: Search, n: int) -> Int:
    """All states of weeks of n messages that the caps allow."""
    d, place, w = np.nonzero(search.pricing.live & np.isfinite(search.mask((n,))))
    states = np.stack([place, w, d], axis=1).astype(np.int64)
    return states[states[:, 1] < n]


def _graph(search: Search, states: Int, n: int) -> _Graph:
    nodes = search.nodes
    states = states[np.lexsort((states[:, 2], states[:, 0], states[:, 1]))]
    place, w, d = states.T
    tail, head = np.nonzero(w[:, None] + 1 == w[None, :])
    row, to = place[tail] + 1, place[head]
    same = (nodes.day[row - 1] == nodes.day[to]) & (d[head] == d[tail] + 1)
    same &= row <= nodes.same_row[to]
    prev = nodes.prev_row[to]
    later = (d[head] == 0) & (row <= prev) & (prev <= len(nodes.slot))
    limit = np.where(same, nodes.same_row[to], np.where(later, prev, 0))
    keep = (same | later) & (row >= nodes.locked_row[limit])
    free = np.flatnonzero(nodes.slot[place] >= 0)
    return _Graph(n, states, tail[keep], head[keep], free)


def _behind(search: Search, graph: _Graph, duals: Duals) -> Float:
    """(free states, k) how far each caption's reward lies behind the state's best one."""
    path = graph.path(np.arange(len(graph.states)))
    reduced = search.pricing.scores(path) - search.pricing.caption_prices(path, duals)
    return np.asarray(reduced.max(axis=1, keepdims=True) - reduced)


def _in_play(search: Search, graph: _Graph, duals: Duals) -> Bool:
    """(free states, k) captions whose reward at a state comes near the best one's."""
    behind = _behind(search, graph, duals)
    if search.best_picks is None:
        open_gap = 0.02 * search.upper()
    else:
        open_gap = max(search.upper() - search.best_value, 0.0)
    near = _IN_PLAY * open_gap + 1e-9
    if behind.size > _PAIRS:
        near = min(near, float(np.partition(behind, _PAIRS, axis=None)[_PAIRS]))
    return np.asarray(behind <= near)


def _best_of_categories(search: Search, graph: _Graph, duals: Duals) -> Bool:
    """(free states, k) the best few of each category, so that mix and categories can be met."""
    behind = _behind(search, graph, duals)
    keep = np.zeros(behind.shape, dtype=bool)
    bounds = np.append(search.captions.starts, behind.shape[1])
    for a, b in pairwise(bounds.tolist()):
        best = a + np.argsort(behind[:, a:b], axis=1, kind="stable")[:, :_WIDE]
        np.put_along_axis(keep, best, values=True, axis=1)
    return keep


def _locked_gain(search: Search, graph: _Graph) -> Float:
    place, w, d = graph.states.T
    gain = search.pricing.weight[d, place, w]
    return np.where(search.nodes.slot[place] < 0, gain, 0.0)


def _add_path_rows(model: Model, search: Search, graph: _Graph, y: Int, z: Int) -> int:
    """One state per message count, each entered and left once; locked messages; prime share.

    Returns the row of the prime share.
    """
    place, w, _ = graph.states.T
    model.add_rows(w, y, low=np.ones(graph.n), high=np.ones(graph.n))
    for end, rows in (
        (graph.head, np.flatnonzero(w > 0)),
        (graph.tail, np.flatnonzero(w < graph.n - 1)),
    ):
        at = np.full(len(place), -1)
        at[rows] = np.arange(len(rows))
        model.add_rows(
            np.concatenate([at[end], np.arange(len(rows))]),
            np.concatenate([z, y[rows]]),
            np.concatenate([np.ones(len(z)), -np.ones(len(rows))]),
            low=np.zeros(len(rows)),
            high=np.zeros(len(rows)),
        )
    for locked in np.flatnonzero(search.nodes.slot < 0):
        model.add_row(y[place == locked], 1, 1)
    off = y[~search.nodes.is_prime[place]]
    return model.add_row(off, -np.inf, int(search.limits.off_prime[graph.n]))


def _add_caption_rows(
    model: Model, search: Search, graph: _Graph, arcs: tuple[Int, Int], columns: tuple[Int, Int]
) -> tuple[Int, Int, int, Int, Int, Int]:
    """One caption per state passed, each caption once, mix, categories per day.

    Mix and categories have slack at a high price, so that the prices of the relaxation say where
    the states must change when no week keeps them. Returns the last six fields of `_Built`.
    """
    (at, caption), (y, x) = arcs, columns
    c, limits = search.captions, search.limits
    free = graph.free
    row = np.full(len(graph.states), -1)
    row[free] = np.arange(len(free))
    model.add_rows(
        np.concatenate([row[at], row[free]]),
        np.concatenate([x, y[free]]),
        np.concatenate([np.ones(len(x)), -np.ones(len(free))]),
        low=np.zeros(len(free)),
        high=np.zeros(len(free)),
    )
    used, of = np.unique(caption, return_inverse=True)
    caption_rows = model.add_rows(of.reshape(-1), x, high=np.ones(len(used)))
    locked = sum(f.is_explicit for f in search.problem.fixed)
    low, high = limits.explicit_low[graph.n] - locked, limits.explicit_high[graph.n] - locked
    of_explicit = x[c.is_explicit[caption]]
    price = -_SLACK * max(float(np.max(model.gain)), 1e-9)
    mix = model.add_columns(np.full(2, price), is_integer=False, upper=float(graph.n))
    explicit = model.add_rows(
        np.zeros(len(of_explicit) + 2, dtype=np.int64),
        np.concatenate([of_explicit, mix]),
        np.concatenate([np.ones(len(of_explicit)), [1.0, -1.0]]),
        low=np.array([float(low)]),
        high=np.array([float(high)]),
    )
    both = np.stack([search.nodes.day[graph.states[at, 0]], c.category[caption]], axis=1)
    pairs, of = np.unique(both, axis=0, return_inverse=True)
    room = c.room[pairs[:, 0], pairs[:, 1]].astype(np.float64)
    over = model.add_columns(np.full(len(pairs), price), is_integer=False, upper=float(graph.n))
    pair_rows = model.add_rows(
        np.concatenate([of.reshape(-1), np.arange(len(pairs))]),
        np.concatenate([x, over]),
        np.concatenate([np.ones(len(x)), -np.ones(len(pairs))]),
        high=room,
    )
    slack = np.concatenate([mix, over])
    return used, caption_rows, int(explicit[0]), pairs, pair_rows, slack
