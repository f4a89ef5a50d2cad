"""The MILP of a week: a path through states in play, and a caption for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scheduler.solver.engine.page_search import Search
from scheduler.solver.mixed_integer import Model, RuleRows
from scheduler.solver.rules import OF_CAPTIONS, OF_PLACES, PricedRule
from scheduler.solver.rules.terms import Step
from scheduler.solver.week_problem import Bool, Float, Int

# Price of breaking a rule that has slack in the relaxation, in best messages.
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

    Columns `y` are the states, `x` the pairs (`at`, `caption`) in play; `rules` the priced rules'
    rows by name.
    """

    model: Model
    y: Int
    x: Int
    at: Int
    caption: Int
    rules: Mapping[str, RuleRows]
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

    Most rules have slack at a high price, so that the prices of the relaxation say where the states
    must change when no week keeps them.
    """
    row, caption = np.nonzero(keep)
    at = graph.free[row]
    scores = search.pricing.scores(graph.path(np.arange(len(graph.states))))
    model = Model()
    y = model.add_columns(_locked_gain(search, graph), is_integer=True)
    z = model.add_columns(np.zeros(len(graph.tail)), is_integer=False)
    x = model.add_columns(scores[row, caption], is_integer=True)
    _add_path_rows(model, search, graph, y, z)
    places = graph.states[:, 0]
    rules = {}
    for rule in OF_PLACES:
        rows = rule.place_label(search.nodes)[places]
        rules[rule.name] = _add_rule(model, search, rule, graph.n, (rows, y))
    _add_caption_rows(model, graph, at, (y, x))
    c, days = search.captions, search.nodes.day[places[at]]
    for rule in OF_CAPTIONS:
        labels = c.room[rule.name].shape[1] if rule.per_day else 0
        rows = rule.rows_of(c.label[rule.name][caption], days, labels)
        rules[rule.name] = _add_rule(model, search, rule, graph.n, (rows, x))
    slack = np.concatenate([of_rule.slack for of_rule in rules.values()])
    return Built(model, y, x, at, caption, rules, slack)


def _add_rule(
    model: Model, search: Search, rule: PricedRule, n: int, entries: tuple[Int, Int]
) -> RuleRows:
    """The rule's rows; `entries`: row and column of each state or pair."""
    slack = (-_SLACK * max(float(np.max(model.gain)), 1e-9), float(n)) if rule.has_slack else None
    return rule.add_rows(model, *entries, search.bounds(n)[rule.name], slack)


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


def _add_caption_rows(model: Model, graph: Graph, at: Int, columns: tuple[Int, Int]) -> None:
    """One caption for each free state passed."""
    (y, x), free = columns, graph.free
    row = np.full(len(graph.states), -1)
    row[free] = np.arange(len(free))
    model.add_rows(
        np.concatenate([row[at], row[free]]),
        np.concatenate([x, y[free]]),
        np.concatenate([np.ones(len(x)), -np.ones(len(free))]),
        low=np.zeros(len(free)),
        high=np.zeros(len(free)),
    )
