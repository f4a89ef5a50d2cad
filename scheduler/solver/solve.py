"""One page's week: the best messages under every rule, with a proven bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scheduler.solver.binding import binding_rules
from scheduler.solver.captions import reduce_captions
from scheduler.solver.check import violations
from scheduler.solver.lagrange import SolverOptions, descend
from scheduler.solver.limits import Limits, keep_reachable, stated_limits
from scheduler.solver.nodes import Nodes, build_nodes
from scheduler.solver.objective import (
    Pick,
    choice_value,
    expected_revenue,
    planned_messages,
)
from scheduler.solver.plan import WeekPlan
from scheduler.solver.problem import Infeasible, PageProblem
from scheduler.solver.relax import attempts, relaxed_limits
from scheduler.solver.search import Search, start_search

_WHY = {
    "mix": "the candidates left allow no share nearer to the target",
    "prime": "spacing, caps and locked messages leave no more places in prime hours",
    "category": "the candidates left lie in too few categories",
    "weekend": "the places before the weekend hold no more messages",
    "holiday": "the other days hold no more messages",
    "minimum": "spacing and the candidates left allow no more messages",
    "spacing": "locked messages stand that near",
}


def solve_page(problem: PageProblem, options: SolverOptions | None = None) -> WeekPlan:
    """The best week found for a page, and how far from the best one it can be at most.

    Rules that no week can keep give way as little as possible and are named in `relaxed`.

    Raises:
        Infeasible: not one message can be planned, or the locked ones exceed `n_max`.
    """
    options = options or SolverOptions()
    nodes = build_nodes(problem)
    _require_something(problem, nodes)
    for which, category in attempts():
        for cap in _category_caps(problem, nodes, relax=category):
            search = _search(problem, nodes, which, cap, options)
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


def _category_caps(problem: PageProblem, nodes: Nodes, *, relax: bool) -> range:
    stated = problem.category_per_day_max
    if not relax:
        return range(stated, stated + 1)
    return range(stated + 1, max(int(nodes.day_size.max()), stated) + 1)


def _search(
    problem: PageProblem, nodes: Nodes, which: frozenset[str], cap: int, options: SolverOptions
) -> Search | None:
    """Solve under these limits; None when they allow no week."""
    captions = reduce_captions(problem, nodes.day_size, cap)
    limits = stated_limits(problem, nodes, captions)
    levels: Iterable[Limits] = [keep_reachable(problem, nodes, limits)]
    if which:
        levels = relaxed_limits(problem, nodes, captions, limits, which)
    for level in levels:
        if level.sizes:
            search = start_search(problem, nodes, captions, level)
            descend(search, options)
            if search.best_picks is not None:
                return search
    return None


def week_plan(problem: PageProblem, picks: Sequence[Pick], bound: float) -> WeekPlan:
    """The plan of these picks, with every figure recomputed by the plain objective."""
    value = choice_value(problem, picks)
    bound = max(bound, value)
    relaxed = tuple(
        f"{v.rule}: {v.detail}; {_WHY.get(v.rule, '')}" for v in violations(problem, picks)
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
