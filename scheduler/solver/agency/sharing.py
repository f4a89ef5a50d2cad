"""Captions wanted by several pages: shared out so that together the pages lose least."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.solver.agency.caption_prices import settle_prices
from scheduler.solver.agency.caption_sets import Share, as_given, disjoint_sets, repaired
from scheduler.solver.agency.joint_assignment import share_out
from scheduler.solver.agency.joint_bound import bounds_at, is_wide, joint_bounds
from scheduler.solver.agency.kept_places import Fixture, fixture
from scheduler.solver.engine.descent import SolverOptions
from scheduler.solver.engine.reduced_rewards import Duals
from scheduler.solver.page_week import solve_page, week_plan
from scheduler.solver.rule_check import violations
from scheduler.solver.valuation import Pick, choice_value, planned_messages
from scheduler.solver.week_plan import Binding, WeekPlan
from scheduler.solver.week_problem import Infeasible, InvalidProblem, PageProblem

Solver = Callable[[Sequence[PageProblem]], Sequence[WeekPlan | Infeasible]]


@dataclass(frozen=True)
class Agreement:
    """Plans that share no caption.

    Attributes:
        plans: by page name, ascending.
        cost: objective given up by all pages together, against their own plans.
        losses: page name -> objective given up (pages whose plan changed).
        failed: page name -> why it has no plan left.
    """

    plans: tuple[WeekPlan, ...]
    cost: float
    losses: Mapping[str, float]
    failed: Mapping[str, str]


def agree(
    problems: Sequence[PageProblem],
    plans: Sequence[WeekPlan],
    options: SolverOptions | None = None,
    solve: Solver | None = None,
) -> Agreement:
    """Plans in which no caption is used by two pages (locked messages are kept as they are).

    First every page keeps its places and all captions are shared out in one assignment. Then the
    captions are split into disjoint sets, each page's own and a part of the unused, and each
    changed page is planned anew with its set, so places may move and each bound holds for the set.
    How far all weeks together may be from the best is proven by `joint_bounds`.

    Args:
        problems: one per page, any order.
        plans: their plans, in the same order.
        options: for the plans made anew.
        solve: plans many pages at once (a pool of processes can stand behind it); default: here,
            one after the other.

    Raises:
        InvalidProblem: a page appears twice, or problems and plans do not match.
    """
    pages = _paired(problems, plans)
    used = Counter(key for _, plan in pages for key in {m.caption_key for m in plan.messages})
    if all(count == 1 for count in used.values()):
        return Agreement(tuple(_unchanged(page, plan) for page, plan in pages), 0.0, {}, {})
    solver = solve or (lambda some: solve_each(some, options))
    alone = [plan for _, plan in pages]
    locked = {f.caption_key for p, _ in pages for f in p.fixed}
    offered = [page.without_captions(locked) for page, _ in pages]
    own_places = _fixtures(pages, offered, alone)
    best = _round(pages, own_places, solver, may_shorten=False)
    places = _fixtures(pages, offered, best.agreed)
    bounds = joint_bounds(best.prices, places, alone, best.agreed)
    if is_wide(bounds, best.agreed):  # captions are scarce
        shorter = _round(pages, own_places, solver, may_shorten=True)
        best = min(best, shorter, key=_merit)
        places = _fixtures(pages, offered, best.agreed)
        settled = _settled(places, alone, best.agreed, shorter.prices)
        bounds = min(
            joint_bounds(best.prices, places, alone, best.agreed),
            bounds_at(settled, places, alone, best.agreed),
            key=sum,
        )
    return _collect(pages, best.agreed, bounds, best.changed)


@dataclass(frozen=True, eq=False)
class _Round:
    """Weeks that share no caption, the pages whose week changed, and the sharing's prices."""

    agreed: list[WeekPlan | Infeasible]
    changed: list[int]
    prices: list[Duals]


def _round(
    pages: list[tuple[PageProblem, WeekPlan]],
    fixtures: list[Fixture],
    solver: Solver,
    *,
    may_shorten: bool,
) -> _Round:
    """Share out captions among these places, then plan each changed page anew with its own."""
    shared = share_out(fixtures, may_shorten=may_shorten)
    given = [s.chosen for s in shared]
    shares = as_given(fixtures, given) if may_shorten else repaired(fixtures, given)
    left = disjoint_sets(fixtures, shares)
    kept = [_kept(page, f, s) for (page, _), f, s in zip(pages, fixtures, shares, strict=True)]
    changed = [i for i, (_, plan) in enumerate(pages) if kept[i] != _picks(pages[i][0], plan)]
    solved = solver([left[i] for i in changed])
    agreed = _agreed(pages, kept, dict(zip(changed, solved, strict=True)))
    return _Round(agreed, changed, [s.prices for s in shared])


def _settled(
    places: list[Fixture],
    alone: list[WeekPlan],
    agreed: list[WeekPlan | Infeasible],
    start: list[Duals],
) -> list[Duals]:
    """Prices of scarce captions; pages whose own plan gives up rules pay none."""
    takes_part = [
        not plan.relaxed and not (isinstance(now, WeekPlan) and now.relaxed)
        for plan, now in zip(alone, agreed, strict=True)
    ]
    values = [plan.objective if isinstance(plan, WeekPlan) else 0.0 for plan in agreed]
    target = sum(value for value, takes in zip(values, takes_part, strict=True) if takes)
    return settle_prices([f.problem for f in places], takes_part, start, target)


def _merit(found: _Round) -> tuple[int, int, float]:
    """Fewest pages without a week, then fewest that give up rules, then the most value."""
    weeks = [plan for plan in found.agreed if isinstance(plan, WeekPlan)]
    relaxed = sum(len(plan.relaxed) for plan in weeks)
    return len(found.agreed) - len(weeks), relaxed, -sum(plan.objective for plan in weeks)


def solve_each(
    problems: Sequence[PageProblem], options: SolverOptions | None = None
) -> list[WeekPlan | Infeasible]:
    """Solve pages one after the other; a page that cannot be planned yields its reason."""
    out: list[WeekPlan | Infeasible] = []
    for problem in problems:
        try:
            out.append(solve_page(problem, options))
        except Infeasible as reason:
            out.append(reason)
    return out


def _paired(
    problems: Sequence[PageProblem], plans: Sequence[WeekPlan]
) -> list[tuple[PageProblem, WeekPlan]]:
    names = [p.page_name for p in problems]
    if len(set(names)) != len(names) or names != [plan.page_name for plan in plans]:
        raise InvalidProblem("agree: pages repeat or plans do not match; pass one plan per page")
    return sorted(zip(problems, plans, strict=True), key=lambda pair: pair[0].page_name)


def _fixtures(
    pages: list[tuple[PageProblem, WeekPlan]],
    offered: list[PageProblem],
    plans: Sequence[WeekPlan | Infeasible],
) -> list[Fixture]:
    """The places of these plans (none without a week), with every caption offered to the page."""
    return [
        fixture(page, problem, _picks(page, plan) if isinstance(plan, WeekPlan) else [])
        for (page, _), problem, plan in zip(pages, offered, plans, strict=True)
    ]


def _picks(page: PageProblem, plan: WeekPlan) -> list[Pick]:
    """A plan's (slot, caption), by key: the plan may stem from a problem with more candidates."""
    free = [m for m in plan.messages if m.fixed < 0]
    keys = [m.caption_key for m in free]
    if not set(keys) <= set(page.caption_keys):
        raise InvalidProblem(f"agree: the plan of {page.page_name} uses captions not offered to it")
    return sorted(zip([m.slot for m in free], _indices(page, keys), strict=True))


def _unchanged(page: PageProblem, plan: WeekPlan) -> WeekPlan:
    return replace(plan, messages=planned_messages(page, _picks(page, plan)))


def _kept(page: PageProblem, f: Fixture, share: Share) -> list[Pick] | None:
    """The page's own places with the captions it was given, as picks of the page."""
    if share.chosen is None:
        return None
    keys = [f.problem.caption_keys[k] for k in share.chosen]
    return sorted(zip(f.slots.tolist(), _indices(page, keys), strict=True))


def _indices(page: PageProblem, keys: Sequence[str]) -> list[int]:
    return [bisect_left(page.caption_keys, key) for key in keys]


def _agreed(
    pages: list[tuple[PageProblem, WeekPlan]],
    kept: list[list[Pick] | None],
    solved: Mapping[int, WeekPlan | Infeasible],
) -> list[WeekPlan | Infeasible]:
    return [
        _better(page, kept[i], solved[i]) if i in solved else _unchanged(page, plan)
        for i, (page, plan) in enumerate(pages)
    ]


def _collect(
    pages: list[tuple[PageProblem, WeekPlan]],
    agreed: Sequence[WeekPlan | Infeasible],
    bounds: Sequence[float],
    changed: Sequence[int],
) -> Agreement:
    plans: list[WeekPlan] = []
    losses: dict[str, float] = {}
    failed: dict[str, str] = {}
    for i, ((page, plan), new, bound) in enumerate(zip(pages, agreed, bounds, strict=True)):
        left = new.objective if isinstance(new, WeekPlan) else 0.0
        if i in changed:
            losses[page.page_name] = plan.objective - left
        if isinstance(new, WeekPlan):
            lost = losses.get(page.page_name, 0.0)
            plans.append(replace(new, bound_joint=bound, conflict_cost=lost))
        else:
            failed[page.page_name] = str(new)
    return Agreement(tuple(plans), float(sum(losses.values())), losses, failed)


def _better(
    page: PageProblem, kept: list[Pick] | None, solved: WeekPlan | Infeasible
) -> WeekPlan | Infeasible:
    """The week planned anew, or the old places with new captions when those are worth more."""
    if kept is None and isinstance(solved, Infeasible):
        return solved
    weeks: list[list[Pick]] = [] if kept is None else [kept]
    bound = 0.0
    binding: tuple[Binding, ...] = ()
    if isinstance(solved, WeekPlan):
        weeks.append(_picks(page, solved))
        bound, binding = solved.upper_bound, solved.binding
    ranked = [(len(violations(page, w)), -choice_value(page, w)) for w in weeks]
    return replace(week_plan(page, weeks[ranked.index(min(ranked))], bound), binding=binding)
