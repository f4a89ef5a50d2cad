"""One page's week: the best messages under every rule, with a proven bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scheduler.solver.engine.binding_rules import binding_rules
from scheduler.solver.engine.descent import SolverOptions, descend
from scheduler.solver.engine.dominance import DayCaps, reduce_captions
from scheduler.solver.engine.page_search import Search, start_search
from scheduler.solver.engine.relaxation import attempts, day_caps, relaxed_limits
from scheduler.solver.engine.size_limits import keep_reachable, page_of, stated_limits
from scheduler.solver.engine.week_nodes import build_nodes
from scheduler.solver.rule_check import violations
from scheduler.solver.rules import PER_DAY, WHY
from scheduler.solver.rules.terms import Limits, Nodes
from scheduler.solver.valuation import (
    Pick,
    choice_value,
    expected_revenue,
    planned_messages,
)
from scheduler.solver.week_plan import WeekPlan
from scheduler.solver.week_problem import Infeasible, PageProblem


def solve_page(problem: PageProblem, options: SolverOptions | None = None) -> WeekPlan:
    """The best week found for a page, and how far from the best one it can be at most.

    Rules that no week can keep give way as little as possible and are named in `relaxed`.

    Raises:
        Infeasible: not one message can be planned, or the locked ones exceed `n_max`.
    """
    options = options or SolverOptions()
    nodes = build_nodes(problem)
    _require_something(problem, nodes)
    for given_up in attempts():
        for caps in day_caps(problem, nodes, given_up):
            search = _search(problem, nodes, given_up, caps, options)
            if search is not None:
                plan = week_plan(problem, search.best_picks or (), search.upper())
                return replace(plan, binding=binding_rules(search, len(plan.messages)))
    raise Infeasible(
        f"page {problem.page_name}: the locked messages leave no week that can be planned; "
        "unlock some"
    )


def _require_something(problem: PageProblem, nodes: Nodes) -> None:
    page = problem.page_name
    if len(problem.fixed) > problem.n_max:
        raise Infeasible(
            f"page {page}: {len(problem.fixed)} locked messages, at most {problem.n_max} "
            "allowed; unlock some"
        )
    if problem.fixed:
        return
    if not problem.caption_keys:
        raise Infeasible(f"page {page}: no candidate captions left; add captions or loosen filters")
    if not len(nodes.slot):
        raise Infeasible(
            f"page {page}: no usable hour, all are past or within {problem.spacing_minutes} "
            "minutes of the neighbouring weeks; plan another week or shorten the spacing"
        )


def _search(
    problem: PageProblem,
    nodes: Nodes,
    given_up: frozenset[str],
    caps: DayCaps,
    options: SolverOptions,
) -> Search | None:
    """Solve under these limits; None when they allow no week."""
    page = page_of(problem, nodes, reduce_captions(problem, nodes.day_size, caps))
    limits = stated_limits(page)
    levels: Iterable[Limits] = [keep_reachable(page, limits)]
    if given_up - {rule.name for rule in PER_DAY}:
        levels = relaxed_limits(page, limits, given_up)
    for level in levels:
        if level.sizes:
            search = start_search(page, level)
            descend(search, options)
            if search.best_picks is not None:
                return search
    return None


def week_plan(problem: PageProblem, picks: Sequence[Pick], bound: float) -> WeekPlan:
    """The plan of these picks, with every figure recomputed by the plain objective."""
    value = choice_value(problem, picks)
    bound = max(bound, value)
    relaxed = tuple(
        f"{v.rule}: {v.detail}; {WHY.get(v.rule, '')}" for v in violations(problem, picks)
    )
    return WeekPlan(
        page_name=problem.page_name,
        messages=planned_messages(problem, picks),
        objective=value,
        expected=expected_revenue(problem, picks),
        upper_bound=bound,
        gap=(bound - value) / bound if bound > 0 else 0.0,
        relaxed=relaxed,
        bound_joint=bound,
    )
