"""Captions wanted by several pages: shared out so that together the pages lose least."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.solver.agency.joint_assignment import share_out
from scheduler.solver.agency.joint_bound import joint_bounds
from scheduler.solver.agency.kept_places import Fixture, fixture
from scheduler.solver.engine.assignment import assign
from scheduler.solver.engine.descent import SolverOptions
from scheduler.solver.page_week import solve_page, week_plan
from scheduler.solver.rule_check import violations
from scheduler.solver.rules import OF_PAGE
from scheduler.solver.valuation import Pick, choice_value, planned_messages
from scheduler.solver.week_plan import Binding, WeekPlan
from scheduler.solver.week_problem import Float, Infeasible, Int, InvalidProblem, PageProblem

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


@dataclass(frozen=True, eq=False)
class _Share:
    """What one page was given: captions of its places (None: not all can be filled), its keys."""

    chosen: Int | None
    keys: frozenset[str]


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
    locked = {f.caption_key for p, _ in pages for f in p.fixed}
    fixtures = _fixtures(pages, locked, [plan for _, plan in pages])
    shared = share_out(fixtures)
    shares = _repair(fixtures, [s.chosen for s in shared])
    left = _split(fixtures, shares)
    kept = [_kept(page, f, s) for (page, _), f, s in zip(pages, fixtures, shares, strict=True)]
    changed = [i for i, (_, plan) in enumerate(pages) if kept[i] != _picks(pages[i][0], plan)]
    solver = solve or (lambda some: solve_each(some, options))
    solved = solver([left[i] for i in changed])
    agreed = _agreed(pages, kept, dict(zip(changed, solved, strict=True)))
    places = _fixtures(pages, locked, agreed)
    bounds = joint_bounds([s.prices for s in shared], places, [plan for _, plan in pages], agreed)
    return _collect(pages, agreed, bounds, changed)


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
    locked: set[str],
    plans: Sequence[WeekPlan | Infeasible],
) -> list[Fixture]:
    """The places of these plans (none without a week), with every caption not locked somewhere."""
    return [
        fixture(
            page,
            page.without_captions(locked),
            _picks(page, plan) if isinstance(plan, WeekPlan) else [],
        )
        for (page, _), plan in zip(pages, plans, strict=True)
    ]


def _picks(page: PageProblem, plan: WeekPlan) -> list[Pick]:
    """A plan's (slot, caption), by key: the plan may stem from a problem with more candidates."""
    free = [m for m in plan.messages if m.fixed < 0]
    keys = [m.caption_key for m in free]
    if not set(keys) <= set(page.caption_keys):
        raise InvalidProblem(f"agree: the plan of {page.page_name} uses captions not offered to it")
    return sorted(zip([m.slot for m in free], _indices(page, keys), strict=True))


def _repair(fixtures: list[Fixture], given: list[Int]) -> list[_Share]:
    """Captions that keep every rule of their page, from its share and what nobody was given."""
    shares = [_Share(ks, _keys(f, ks)) for f, ks in zip(fixtures, given, strict=True)]
    taken = {key for share in shares for key in share.keys}
    out = []
    for f, ks, share in zip(fixtures, given, shares, strict=True):
        if (ks >= 0).all() and f.places.is_valid(ks):
            out.append(share)
            continue
        taken -= share.keys
        found = _fill(f, np.flatnonzero([k not in taken for k in f.problem.caption_keys]))
        out.append(_Share(found, share.keys if found is None else _keys(f, found)))
        taken |= out[-1].keys
    return out


def _keys(f: Fixture, chosen: Int) -> frozenset[str]:
    return frozenset(f.problem.caption_keys[k] for k in chosen if k >= 0)


def _fill(f: Fixture, allowed: Int) -> Int | None:
    """The best valid captions for the places among these; None when there are none."""
    places = replace(
        f.places,
        score=f.places.score[:, allowed],
        label={rule: label[allowed] for rule, label in f.places.label.items()},
    )
    no_price = {name: np.zeros(len(high)) for name, (_, high) in places.bounds.items()}
    found = assign(places, no_price)
    return None if found is None else np.asarray(allowed[found], dtype=np.int64)


def _split(fixtures: list[Fixture], shares: list[_Share]) -> list[PageProblem]:
    """Each page with its own captions and those unused ones that it can use best."""
    owner = {key: i for i, share in enumerate(shares) for key in share.keys}
    best: dict[str, tuple[float, int]] = {}
    for i, (f, share) in enumerate(zip(fixtures, shares, strict=True)):
        for key, value in zip(f.problem.caption_keys, _appeal(f, share.chosen), strict=True):
            if key not in owner and value > best.get(key, (-np.inf, -1))[0]:
                best[key] = (float(value), i)
    owner |= {key: i for key, (_, i) in best.items()}
    return [
        f.problem.with_captions(
            np.flatnonzero([owner.get(key) == i for key in f.problem.caption_keys])
        )
        for i, f in enumerate(fixtures)
    ]


def _appeal(f: Fixture, chosen: Int | None) -> Float:
    """(k,) how near each caption comes to one of its kind that the page has, as a share of it."""
    score = f.places.score
    if not score.size:
        return np.full(score.shape[1], -1.0)
    unit = max(float(score.max(axis=1).mean()), 1e-12)
    if chosen is None:  # nothing to compare with: a page in need takes what is best for it
        return np.asarray(score.max(axis=0) / unit)
    now = score[np.arange(len(chosen)), chosen]
    same = np.ones(score.shape, dtype=bool)
    for rule in OF_PAGE:
        if not rule.per_day:
            label = f.places.label[rule.name]
            same &= label[chosen][:, None] == label[None, :]
    gain = score - now[:, None] * np.where(same, 1.0, 2.0)
    return np.asarray(gain.max(axis=0) / unit)


def _unchanged(page: PageProblem, plan: WeekPlan) -> WeekPlan:
    return replace(plan, messages=planned_messages(page, _picks(page, plan)))


def _kept(page: PageProblem, f: Fixture, share: _Share) -> list[Pick] | None:
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
