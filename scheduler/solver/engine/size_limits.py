"""What every week size must keep to, as counts, and the states of weeks that the rules close."""

from __future__ import annotations

import numpy as np

from scheduler.solver.engine.path_program import WeekDP
from scheduler.solver.rules import RULES, VOLUME
from scheduler.solver.rules.terms import Captions, Limits, Nodes, Page
from scheduler.solver.week_problem import Float, Int, PageProblem


def page_of(problem: PageProblem, nodes: Nodes, captions: Captions) -> Page:
    """The page as its rules see it."""
    return Page(problem, nodes, captions, _longest)


def stated_limits(page: Page) -> Limits:
    """The rules as stated, for all sizes between the least and the most messages."""
    counts: dict[str, Int] = {}
    for rule in RULES:
        counts |= rule.stated(page)
    return Limits(tuple(VOLUME.sizes(page)), counts)


def keep_reachable(page: Page, limits: Limits) -> Limits:
    """Drop the sizes that counts or paths alone rule out."""
    for rule in RULES:
        limits = rule.reachable(page, limits)
    return limits


def closed_states(limits: Limits, nodes: Nodes, shape: tuple[int, ...]) -> Float:
    """(d, n, m) 0 where a message may stand in a week of any of the limits' sizes, -inf where not.

    For one size exact, for several their union.
    """
    closed = np.zeros(shape)
    for rule in RULES:
        rule.close(closed, nodes, limits)
    return closed


def closed_alike(limits: Limits) -> bool:
    """Whether the union of `closed_states` is no looser than each size's own."""
    return all(rule.closes_alike(limits) for rule in RULES)


def _longest(page: Page, gain: Float, limits: Limits, off_prime_max: int | None) -> WeekDP:
    m_max, nodes = max(limits.sizes), page.nodes
    table = WeekDP(nodes, m_max, off_prime_max)
    shape = (table.d_size, len(nodes.slot), m_max)
    reward = np.broadcast_to(gain[None, :, None], shape)
    table.run(reward + closed_states(limits, nodes, shape))
    return table
