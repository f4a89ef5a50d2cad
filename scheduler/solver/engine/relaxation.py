"""Which rules give way when no week keeps them all, and by how little.

Rules give way in the order of their tiers: first those of tier 3 (category per day, weekend and
holiday caps), then tier 2 (mix, prime share), last the least number of messages. Spacing,
uniqueness, candidates and the most messages never do.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from scheduler.solver.engine.dominance import DayCaps
from scheduler.solver.rules import PER_DAY, RULES, VOLUME
from scheduler.solver.rules.terms import Limits, Nodes, Page
from scheduler.solver.week_problem import PageProblem

_EPS = 1e-9


def attempts() -> Iterator[frozenset[str]]:
    """Sets of rules to give up, least serious first."""
    order = sorted((rule for rule in RULES if rule.may_give_way), key=lambda rule: -rule.tier)
    for given_up in product((False, True), repeat=len(order)):
        yield frozenset(
            rule.name for rule, gives in zip(reversed(order), given_up, strict=True) if gives
        )


def day_caps(problem: PageProblem, nodes: Nodes, given_up: frozenset[str]) -> Iterator[DayCaps]:
    """Caps of the rules per day to try, lowest first."""
    ranges = [rule.caps(problem, nodes.day_size, given_up) for rule in PER_DAY]
    for caps in product(*ranges):
        yield {rule.name: cap for rule, cap in zip(PER_DAY, caps, strict=True)}


def relaxed_limits(page: Page, stated: Limits, given_up: frozenset[str]) -> Iterator[Limits]:
    """Limits with these rules moved as little as possible, first for sizes that need it least."""
    limits = stated.only(tuple(VOLUME.sizes(page, given_up)))
    cost = np.zeros(page.problem.n_max + 1)
    for rule in RULES:
        limits = rule.relax(page, limits, cost, given_up)
    if VOLUME.name in given_up:
        cost = -np.arange(page.problem.n_max + 1.0)
    for level in np.unique(np.round(cost[list(limits.sizes)], 9)):
        yield limits.only([n for n in limits.sizes if abs(cost[n] - level) <= _EPS])
