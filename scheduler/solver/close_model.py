"""The MILP of a week: a path through states in play, and a caption for each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.solver.dp import Step
from scheduler.solver.milp import Model
from scheduler.solver.problem import Bool, Float, Int
from scheduler.solver.search import Search

# Price of breaking mix or categories in the relaxation, in best messages.
_SLACK = 5.0


@dataclass(frozen=True, eq=False)
class Graph:
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
class Built:
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


def build_graph(search: Search, states: Int, n: int) -> Graph:
    """Join states (place, w, d) of weeks of n messages: all steps that keep the spacing."""
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
    return Graph(n, states, tail[keep], head[keep], free)


def build_model(search: Search, graph: Graph, keep: Bool) -> Built:
    """The model of these states with the pairs (free state, caption) of `keep`.

    Prime share, mix and categories have slack at a high price, so that the prices of the relaxation
    say where the states must change when no week keeps them.
    """
    row, caption = np.nonzero(keep)
    at = graph.free[row]
    scores = search.pricing.scores(graph.path(np.arange(len(graph.states))))
    model = Model()
    y = model.add_columns(_locked_gain(search, graph), is_integer=True)
    z = model.add_columns(np.zeros(len(graph.tail)), is_integer=False)
    x = model.add_columns(scores[row, caption], is_integer=True)
    _add_path_rows(model, search, graph, y, z)
    off_prime, over = _add_prime_row(model, search, graph, y)
    rows, slack = _add_caption_rows(model, search, graph, (at, caption), (y, x))
    return Built(model, y, x, at, caption, off_prime, *rows, np.append(over, slack))


def _locked_gain(search: Search, graph: Graph) -> Float:
    place, w, d = graph.states.T
    gain = search.pricing.weight[d, place, w]
    return np.where(search.nodes.slot[place] < 0, gain, 0.0)


def _add_path_rows(model: Model, search: Search, graph: Graph, y: Int, z: Int) -> None:
    """One state per message count, each entered and left once; locked messages."""
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


def _add_prime_row(model: Model, search: Search, graph: Graph, y: Int) -> tuple[int, Int]:
    """The row of the prime share, and its slack."""
    off = y[~search.nodes.is_prime[graph.states[:, 0]]]
    price = np.array([_slack_price(model)])
    slack = model.add_columns(price, is_integer=False, upper=float(graph.n))
    rows = model.add_rows(
        np.zeros(len(off) + 1, dtype=np.int64),
        np.concatenate([off, slack]),
        np.concatenate([np.ones(len(off)), [-1.0]]),
        high=np.array([float(search.limits.off_prime[graph.n])]),
    )
    return int(rows[0]), slack


def _add_caption_rows(
    model: Model, search: Search, graph: Graph, arcs: tuple[Int, Int], columns: tuple[Int, Int]
) -> tuple[tuple[Int, Int, int, Int, Int], Int]:
    """One caption per state passed, each caption once, mix, categories per day.

    Returns the last five fields of `Built` and the slack.
    """
    (at, caption), (y, x) = arcs, columns
    c, free = search.captions, graph.free
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
    explicit, mix = _add_mix_row(model, search, graph, caption, x)
    both = np.stack([search.nodes.day[graph.states[at, 0]], c.category[caption]], axis=1)
    pairs, of = np.unique(both, axis=0, return_inverse=True)
    price = np.full(len(pairs), _slack_price(model))
    over = model.add_columns(price, is_integer=False, upper=float(graph.n))
    pair_rows = model.add_rows(
        np.concatenate([of.reshape(-1), np.arange(len(pairs))]),
        np.concatenate([x, over]),
        np.concatenate([np.ones(len(x)), -np.ones(len(pairs))]),
        high=c.room[pairs[:, 0], pairs[:, 1]].astype(np.float64),
    )
    return (used, caption_rows, explicit, pairs, pair_rows), np.concatenate([mix, over])


def _slack_price(model: Model) -> float:
    return -_SLACK * max(float(np.max(model.gain)), 1e-9)


def _add_mix_row(
    model: Model, search: Search, graph: Graph, caption: Int, x: Int
) -> tuple[int, Int]:
    """The row of the explicit share, and the columns of its slack below and above."""
    limits = search.limits
    locked = sum(f.is_explicit for f in search.problem.fixed)
    low, high = limits.explicit_low[graph.n] - locked, limits.explicit_high[graph.n] - locked
    explicit = x[search.captions.is_explicit[caption]]
    price = np.full(2, _slack_price(model))
    slack = model.add_columns(price, is_integer=False, upper=float(graph.n))
    rows = model.add_rows(
        np.zeros(len(explicit) + 2, dtype=np.int64),
        np.concatenate([explicit, slack]),
        np.concatenate([np.ones(len(explicit)), [1.0, -1.0]]),
        low=np.array([float(low)]),
        high=np.array([float(high)]),
    )
    return int(rows[0]), slack
