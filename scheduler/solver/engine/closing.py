"""Closing the gap: a MILP over the states and captions that the prices left in play.

The states are those that the dynamic program's best paths passed lately, joined into one graph: a
week may follow one path on Monday and another on Friday. Where the whole page is small, the graph
holds every state and caption, and the MILP's own bound is proven for the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scheduler.solver.engine.closing_program import Built, Graph, build_graph, build_model
from scheduler.solver.engine.page_search import Search, record
from scheduler.solver.engine.reduced_rewards import Duals
from scheduler.solver.mixed_integer import Program, Solution
from scheduler.solver.rules import PRICED, PRIME
from scheduler.solver.rules.terms import Step
from scheduler.solver.week_problem import Bool, Float, Int

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
# Captions of each cell in play at each state, when fewer leave no week.
_WIDE = 4
# (nodes, relative gap) at which the MILP stops.
_EFFORT = (4, 5e-4)
_SMALL_EFFORT = (100_000, 1e-9)


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
        graph = build_graph(search, every, n)
        keep = np.ones((len(graph.free), len(search.captions.index)), dtype=bool)
        built = build_model(search, graph, keep)
        program = Program(built.model)
        program.close_columns(built.slack)
        solution = program.solve(*_SMALL_EFFORT)
        search.bound[n] = min(search.bound[n], solution.bound)
        return Closed(None, _record(search, graph, built, solution))
    graph = build_graph(search, np.array(sorted(states), dtype=np.int64).reshape(-1, 3), n)
    found = _relax(search, graph, start)
    if found is None:
        return Closed(None, is_found=False)
    built, program, duals = found
    program.close_columns(built.slack)
    return Closed(duals, _record(search, graph, built, program.solve(*_EFFORT)))


def _relax(search: Search, graph: Graph, start: Duals) -> tuple[Built, Program, Duals] | None:
    """Solve the relaxation, let in the captions that its prices miss, and again; None: no week."""
    found: tuple[Built, Program, Duals] | None = None
    keep = _in_play(search, graph, start)
    for _ in range(_PRICINGS):
        built = build_model(search, graph, keep)
        program = Program(built.model)
        prices = program.prices(_KEEP)
        if prices is None:
            wider = keep | _best_of_cells(search, graph, start)
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


def _record(search: Search, graph: Graph, built: Built, solution: Solution) -> bool:
    """Remember the week of a solution; whether there is one."""
    if solution.values is None:
        return False
    used = np.flatnonzero(solution.values[built.x] > 0.5)
    used = used[np.argsort(built.at[used], kind="stable")]
    path = graph.path(np.flatnonzero(solution.values[built.y] > 0.5))
    record(search, path, built.caption[used].tolist(), solution.objective)
    return True


def _duals(search: Search, prices: Float, built: Built) -> Duals:
    """Prices of the rules from the prices of the model's rows."""
    of = {}
    for rule in PRICED:
        built_rows = built.rules[rule.name]
        found = prices[built_rows.rows]
        of[rule.name] = np.zeros(rule.row_count(search.captions))
        of[rule.name][built_rows.used] = found if rule.has_floor else np.maximum(found, 0.0)
    search.prime_price = of[PRIME.name]
    if search.counts_prime:
        of[PRIME.name] = np.zeros(1)
    return Duals(of)


def _every_state(search: Search, n: int) -> Int:
    """All states of weeks of n messages that the caps allow."""
    d, place, w = np.nonzero(search.pricing.live & np.isfinite(search.mask((n,))))
    states = np.stack([place, w, d], axis=1).astype(np.int64)
    return states[states[:, 1] < n]


def _behind(search: Search, graph: Graph, duals: Duals) -> Float:
    """(free states, k) how far each caption's reward lies behind the state's best one."""
    path = graph.path(np.arange(len(graph.states)))
    reduced = search.pricing.scores(path) - search.pricing.caption_prices(path, duals)
    return np.asarray(reduced.max(axis=1, keepdims=True) - reduced)


def _in_play(search: Search, graph: Graph, duals: Duals) -> Bool:
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


def _best_of_cells(search: Search, graph: Graph, duals: Duals) -> Bool:
    """(free states, k) the best few of each cell, so that the rules can be met."""
    behind = _behind(search, graph, duals)
    keep = np.zeros(behind.shape, dtype=bool)
    bounds = np.append(search.captions.starts, behind.shape[1])
    for a, b in pairwise(bounds.tolist()):
        best = a + np.argsort(behind[:, a:b], axis=1, kind="stable")[:, :_WIDE]
        np.put_along_axis(keep, best, values=True, axis=1)
    return keep
