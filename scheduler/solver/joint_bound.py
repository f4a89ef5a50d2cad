"""A proven bound on all pages' weeks together, the sharing of captions included.

Put a price on every caption. Weeks that share none are together worth at most the sum, over pages,
of the best week less the prices of its captions, plus the sum of all prices (Lagrangian relaxation
of "no caption twice"). Any prices of 0 or more prove it; those that captions have among the places
of good weeks come near the best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scheduler.solver.captions import priced_captions, reduce_captions
from scheduler.solver.fixture import Fixture
from scheduler.solver.joint import sharing_prices
from scheduler.solver.limits import keep_reachable, stated_limits
from scheduler.solver.nodes import build_nodes
from scheduler.solver.plan import WeekPlan
from scheduler.solver.pricing import Duals
from scheduler.solver.problem import Infeasible
from scheduler.solver.search import evaluate, start_search

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
        for key, paid in zip(f.problem.caption_keys, duals.caption, strict=True)
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
    cap = problem.category_per_day_max
    reduced = reduce_captions(problem, nodes.day_size, cap)
    limits = keep_reachable(problem, nodes, stated_limits(problem, nodes, reduced))
    if not limits.sizes:
        return most
    captions = priced_captions(problem, nodes.day_size, cap, prices.caption)
    numbers = np.unique(problem.caption_category[captions.index])
    search = start_search(problem, nodes, captions, limits)
    paid = prices.caption[captions.index]
    evaluate(search, Duals(paid, prices.explicit, prices.category[:, numbers], 0.0), limits.sizes)
    return min(most, max(search.upper() - float(paid.sum()), 0.0))


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
