"""Random pages: the plan is valid, its figures are those of the objective, the bound holds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.random_pages import Shape, page
from scheduler.solver import Infeasible, SolverOptions, solve_page
from scheduler.solver.rule_check import HARD, violations
from scheduler.solver.valuation import choice_value, expected_revenue, picks_of
from tests.scheduler.solver.brute import best_week
from tests.scheduler.solver.strategies import pages, tiny_pages

thorough = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
EXACT = SolverOptions(gap_stop=0.0)


def solved(problem):
    """The plan, checked against everything that must always hold; None when infeasible."""
    try:
        plan = solve_page(problem)
    except Infeasible:
        return None
    picks = picks_of(plan.messages)
    broken = [v.rule for v in violations(problem, picks)]
    assert not set(broken) & set(HARD)
    assert [text.split(":")[0] for text in plan.relaxed] == broken
    assert plan.objective == choice_value(problem, picks)
    assert plan.expected == expected_revenue(problem, picks)
    assert plan.expected == pytest.approx(sum(m.expected for m in plan.messages))
    assert plan.objective <= plan.upper_bound
    assert 0 <= plan.gap <= 1
    assert [m.fixed for m in plan.messages if m.fixed >= 0] == list(range(len(problem.fixed)))
    assert len(plan.messages) <= problem.n_max
    return plan


@thorough
@given(pages())
def test_a_plan_is_valid_and_its_figures_are_the_objectives(problem):
    plan = solved(problem)
    assert plan is not None


@settings(max_examples=120, deadline=None, derandomize=True)
@given(tiny_pages())
def test_a_tiny_plan_is_the_best_of_all_weeks(problem):
    best = best_week(problem)
    plan = solved(problem)
    if best is None:
        assert plan is None or plan.relaxed
        return
    exact = solve_page(problem, EXACT)
    assert exact.relaxed == ()
    assert exact.objective == pytest.approx(best[0], rel=1e-7, abs=1e-9)
    assert plan.upper_bound >= best[0] * (1 - 1e-9)
    assert plan.objective >= plan.upper_bound * (1 - plan.gap) - 1e-9


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), order=st.integers(0, 10_000))
def test_the_week_does_not_depend_on_how_captions_are_named(seed, order):
    problem = page(seed, Shape(captions=60))
    new = np.random.default_rng(order).permutation(60)
    names = ("value", "price", "category", "is_explicit", "daypart_factor")
    columns = {f"caption_{name}": getattr(problem, f"caption_{name}")[new] for name in names}
    renamed = replace(problem, **columns)
    plan, other = solve_page(problem), solve_page(renamed)
    assert [(m.slot, m.caption) for m in plan.messages] == [
        (m.slot, int(new[m.caption])) for m in other.messages
    ]
    assert plan.objective == other.objective
    assert plan.upper_bound == pytest.approx(other.upper_bound, rel=1e-9)


def test_the_same_page_gives_the_same_plan_to_the_last_bit():
    problem = page(11, Shape(captions=300))
    assert repr(solve_page(problem)) == repr(solve_page(page(11, Shape(captions=300))))


@pytest.mark.parametrize("seed", range(6))
def test_the_gap_at_fifteen_a_week(seed):
    plan = solved(page(seed, Shape(captions=1500)))
    assert plan.relaxed == ()
    assert plan.gap <= 0.01


@pytest.mark.parametrize("prime_share_min", [0.0, 0.3, 0.8])
def test_the_gap_at_seventy_seven_a_week(prime_share_min):
    shape = Shape(
        captions=800,
        n_max=77,
        spacing_hours=2,
        week_fatigue=0.004,
        day_fatigue=0.05,
        prime_share_min=prime_share_min,
    )
    plan = solved(page(2, shape))
    assert plan.relaxed == ()
    assert plan.gap <= 0.02


def test_prime_share_at_seventy_seven_a_week_is_named_as_out_of_reach():
    shape = Shape(captions=800, n_min=77, n_max=77, spacing_hours=2, week_fatigue=0.004)
    plan = solved(page(2, shape))
    assert len(plan.messages) == 77
    assert plan.relaxed[0].startswith("prime: 21 of 77 in prime hours, not 62")
    assert plan.gap <= 0.02
