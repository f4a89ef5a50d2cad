"""Prices of captions for which pages compete, when captions are scarce.

Each page answers prices with its best week, of any size; captions wanted twice become dearer, those
that nobody wants cheaper (subgradient steps on the dual of "no caption twice"), and the bound on
all weeks together falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.solver.engine.descent import slopes
from scheduler.solver.engine.dominance import every_caption, reduce_captions, stated_caps
from scheduler.solver.engine.page_search import Search, evaluate, start_search
from scheduler.solver.engine.reduced_rewards import Duals
from scheduler.solver.engine.size_limits import keep_reachable, page_of, stated_limits
from scheduler.solver.engine.week_nodes import build_nodes
from scheduler.solver.rules import OF_CAPTIONS, OF_PLACES, UNIQUENESS
from scheduler.solver.rules.rule import oversteps, stepped
from scheduler.solver.week_problem import Float, Int, PageProblem

# Steps, those without a lower bound after which they become shorter, and by how much.
_STEPS = 60
_PATIENCE = 4
_SHORTER = 0.7
# A bound is lower when it falls by this part.
_LOWER = 1e-4


@dataclass(eq=False)
class _Bidder:
    """One page: its candidates' numbers among all captions, and its own rules' prices."""

    search: Search
    number: Int
    duals: Duals


@dataclass(frozen=True, eq=False)
class _Answer:
    """A page's best week at prices: its value less the prices, what it oversteps, what it uses."""

    value: float
    slope: dict[str, Float]
    used: Int


def settle_prices(
    problems: Sequence[PageProblem],
    takes_part: Sequence[bool],
    start: Sequence[Duals],
    target: float,
) -> list[Duals]:
    """By page, prices moved to where the bound on all pages' weeks is lower, as far as found.

    Args:
        problems: the pages, with the captions that they may be given.
        takes_part: a page that keeps its rules answers prices; the others pay none.
        start: prices to start from, by page.
        target: value of weeks found for the pages that take part: the bound lies above it.
    """
    keys = sorted({key for p in problems for key in p.caption_keys})
    numbers = {key: i for i, key in enumerate(keys)}
    price = np.zeros(len(keys))
    bidders: list[_Bidder | None] = []
    for problem, takes, duals in zip(problems, takes_part, start, strict=True):
        own = np.array([numbers[key] for key in problem.caption_keys], dtype=np.int64)
        price[own] = duals.of[UNIQUENESS.name]
        bidders.append(_bidder(problem, own, duals) if takes else None)
    lowest, best = np.inf, (price, bidders)
    factor, stale = 1.0, 0
    for _ in range(_STEPS):
        answers = [None if b is None else _answer(b, price) for b in bidders]
        bound = float(price.sum()) + sum(a.value for a in answers if a is not None)
        stale = 0 if bound < lowest * (1 - _LOWER) else stale + 1
        if bound < lowest:
            lowest, best = bound, (price, bidders)
        if stale >= _PATIENCE:
            factor, stale = factor * _SHORTER, 0
        used = np.zeros(len(price), dtype=np.int64)
        for a in answers:
            used += 0 if a is None else a.used
        bounds = np.full(len(price), -np.inf), np.ones(len(price))
        slope = oversteps(used, bounds, price)
        norm = float((slope**2).sum())
        norm += sum(
            float((rows**2).sum()) for a in answers if a is not None for rows in a.slope.values()
        )
        if norm == 0:
            break
        size = factor * max(bound - target, _LOWER * abs(bound)) / norm
        price = stepped(price, slope, size)
        bidders = [
            None if b is None or a is None else _moved(b, a, size)
            for b, a in zip(bidders, answers, strict=True)
        ]
    return _prices(problems, numbers, start, *best)


def _bidder(problem: PageProblem, own: Int, duals: Duals) -> _Bidder | None:
    """A page ready to answer; None when no week keeps its rules."""
    nodes, caps = build_nodes(problem), stated_caps(problem)
    page = page_of(problem, nodes, reduce_captions(problem, nodes.day_size, caps))
    limits = keep_reachable(page, stated_limits(page))
    if not limits.sizes:
        return None
    captions = every_caption(problem, nodes.day_size, caps)
    carried = {
        rule.name: rule.carried(duals.of[rule.name], rule.label(problem), captions)
        for rule in OF_CAPTIONS
    }
    places = {rule.name: np.zeros(rule.row_count(captions)) for rule in OF_PLACES}
    search = start_search(page_of(problem, nodes, captions), limits)
    return _Bidder(search, own[captions.index], Duals(carried | places))


def _answer(bidder: _Bidder, price: Float) -> _Answer:
    search, paid = bidder.search, price[bidder.number]
    duals = Duals({**bidder.duals.of, UNIQUENESS.name: paid})
    search.bound = dict.fromkeys(search.bound, np.inf)
    size, value, path = evaluate(search, duals, search.limits.sizes)
    slope = slopes(search, duals, size, path)
    del slope[UNIQUENESS.name]
    chosen, _ = search.pricing.choose(path, duals)
    used = np.bincount(bidder.number[chosen], minlength=len(price))
    return _Answer(value - float(paid.sum()), slope, used)


def _moved(bidder: _Bidder, answer: _Answer, size: float) -> _Bidder:
    own = bidder.duals.of
    moved = {name: stepped(own[name], slope, size) for name, slope in answer.slope.items()}
    return replace(bidder, duals=Duals({**own, **moved}))


def _prices(
    problems: Sequence[PageProblem],
    numbers: dict[str, int],
    start: Sequence[Duals],
    price: Float,
    bidders: Sequence[_Bidder | None],
) -> list[Duals]:
    prices = []
    for problem, duals, bidder in zip(problems, start, bidders, strict=True):
        own = np.array([numbers[key] for key in problem.caption_keys], dtype=np.int64)
        of = {**duals.of, UNIQUENESS.name: price[own]}
        if bidder is not None:
            captions = bidder.search.captions
            for rule in OF_CAPTIONS:
                if rule is not UNIQUENESS:
                    label, paid = rule.label(problem), bidder.duals.of[rule.name]
                    of[rule.name] = rule.restored(paid, duals.of[rule.name], label, captions)
        prices.append(Duals(of))
    return prices
