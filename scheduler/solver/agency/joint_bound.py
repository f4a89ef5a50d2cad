"""A proven bound on all pages' weeks together, the sharing of captions included.

Put a price on every caption. Weeks that share none are together worth at most the sum, over pages,
of the best week less the prices of its captions, plus the sum of all prices (Lagrangian relaxation
of "no caption twice"). Any prices of 0 or more prove it; those that captions have among the places
of good weeks come near the best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scheduler.solver.agency.joint_assignment import sharing_prices
from scheduler.solver.agency.kept_places import Fixture
from scheduler.solver.engine.dominance import priced_captions, reduce_captions, stated_caps
from scheduler.solver.engine.page_search import evaluate, start_search
from scheduler.solver.engine.reduced_rewards import Duals, no_prices
from scheduler.solver.engine.size_limits import keep_reachable, page_of, stated_limits
from scheduler.solver.engine.week_nodes import build_nodes
from scheduler.solver.rules import OF_CAPTIONS, UNIQUENESS
from scheduler.solver.week_plan import WeekPlan
from scheduler.solver.week_problem import Infeasible

# Relative gap above which captions are priced a second time.
_WIDE = 0.01

Agreed = Sequence[WeekPlan | Infeasible]


def joint_bounds(
    prices: Sequence[Duals], fixtures: Sequence[Fixture], alone: Sequence[WeekPlan], agreed: Agreed
) -> list[float]:
    """Each page's part of the joint bound, at least its own objective; 0 without a week.

    The parts add up to the bound: no weeks of these pages that share no caption are worth more,
    under the rules that the pages' plans keep.

    Args:
        prices: by which captions were shared out (see `Sharing`).
        fixtures: the places of the agreed weeks, with all captions that the pages may be given.
        alone: each page's plan with all captions for itself.
        agreed: the plans that share none.
    """
    by_page = _parts([_most(*pair) for pair in zip(alone, agreed, strict=True)], {}, agreed)
    best = min(bounds_at(prices, fixtures, alone, agreed), by_page, key=sum)
    value = sum(plan.objective for plan in agreed if isinstance(plan, WeekPlan))
    if sum(best) > (1.0 + _WIDE) * value:
        # captions too few for the pages' first places are priced too high: take the agreed places
        again = bounds_at(sharing_prices(fixtures), fixtures, alone, agreed)
        best = min(best, again, key=sum)
    return best


def bounds_at(
    prices: Sequence[Duals], fixtures: Sequence[Fixture], alone: Sequence[WeekPlan], agreed: Agreed
) -> list[float]:
    """`joint_bounds` at these prices of each fixture's captions and categories."""
    less = [_less_prices(*page) for page in zip(fixtures, prices, alone, agreed, strict=True)]
    price = {
        key: float(paid)
        for f, duals in zip(fixtures, prices, strict=True)
        for key, paid in zip(f.problem.caption_keys, duals.of[UNIQUENESS.name], strict=True)
    }
    return _parts(less, price, agreed)


def _most(alone: WeekPlan, agreed: WeekPlan | Infeasible) -> float:
    """No week of the page is worth more, whatever its captions; rules given up since count too."""
    if isinstance(agreed, WeekPlan) and agreed.relaxed:
        return max(alone.upper_bound, agreed.upper_bound)
    return alone.upper_bound


def _less_prices(
    f: Fixture, prices: Duals, alone: WeekPlan, agreed: WeekPlan | Infeasible
) -> float:
    """No week of the page is worth more after the prices of its captions; 0: it may have none."""
    most = _most(alone, agreed)
    if alone.relaxed or (isinstance(agreed, WeekPlan) and agreed.relaxed):
        return most
    problem, nodes = f.problem, build_nodes(f.problem)
    caps = stated_caps(problem)
    page = page_of(problem, nodes, reduce_captions(problem, nodes.day_size, caps))
    limits = keep_reachable(page, stated_limits(page))
    if not limits.sizes:
        return most
    price = prices.of[UNIQUENESS.name]
    captions = priced_captions(problem, nodes.day_size, caps, price)
    search = start_search(page_of(problem, nodes, captions), limits)
    paid = dict(no_prices(captions).of) | {
        rule.name: rule.carried(prices.of[rule.name], rule.label(problem), captions)
        for rule in OF_CAPTIONS
    }
    evaluate(search, Duals(paid), limits.sizes)
    return min(most, max(search.upper() - float(paid[UNIQUENESS.name].sum()), 0.0))


def _parts(less: Sequence[float], price: Mapping[str, float], agreed: Agreed) -> list[float]:
    """Each page's bound and the prices of what it was given; what is left over, in proportion."""
    own = [
        bound + sum(price.get(m.caption_key, 0.0) for m in plan.messages)
        if isinstance(plan, WeekPlan)
        else 0.0
        for bound, plan in zip(less, agreed, strict=True)
    ]
    total = sum(less) + sum(price.values())
    scale = total / sum(own) if sum(own) > 0 else 1.0
    return [
        max(part * scale, plan.objective) if isinstance(plan, WeekPlan) else 0.0
        for part, plan in zip(own, agreed, strict=True)
    ]
