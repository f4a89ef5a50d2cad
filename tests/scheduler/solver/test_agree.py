"""Captions wanted by several pages: one holder each, every page's rules kept, least given up."""

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.random_agencies import agency
from benchmarks.random_pages import Shape, lock
from scheduler.solver import Infeasible, InvalidProblem, agree, solve_page
from scheduler.solver.agency.joint_bound import bounds_at
from scheduler.solver.agency.kept_places import fixture
from scheduler.solver.engine.reduced_rewards import Duals
from scheduler.solver.rule_check import violations
from scheduler.solver.rules import UNIQUENESS
from scheduler.solver.valuation import choice_value, picks_of

SMALL = Shape(captions=60, categories=6, n_max=8)


def keys_of(plans):
    return Counter(m.caption_key for plan in plans for m in plan.messages)


def check(problems, agreement):
    """Every plan is valid for its page as it stands, and no key is used twice."""
    by_name = {p.page_name: p for p in problems}
    assert [p.page_name for p in agreement.plans] == sorted(p.page_name for p in agreement.plans)
    for plan in agreement.plans:
        problem, picks = by_name[plan.page_name], picks_of(plan.messages)
        broken = [v.rule for v in violations(problem, picks)]
        assert [text.split(":")[0] for text in plan.relaxed] == broken
        assert plan.objective == choice_value(problem, picks)
        assert plan.objective <= plan.upper_bound
        assert all(
            problem.caption_keys[m.caption] == m.caption_key for m in plan.messages if m.fixed < 0
        )
    assert max(keys_of(agreement.plans).values(), default=0) <= 1
    assert all(plan.objective <= plan.bound_joint for plan in agreement.plans)


def totals(agreement):
    """Value of all weeks together, and the bound on it."""
    plans = agreement.plans
    return sum(p.objective for p in plans), sum(p.bound_joint for p in plans)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(seed=st.integers(0, 500), pages=st.integers(2, 5), bank=st.sampled_from([60, 90, 400]))
def test_no_caption_is_shared_and_every_plan_is_valid(seed, pages, bank):
    problems = agency(seed, pages, bank, SMALL)
    plans = [solve_page(p) for p in problems]
    agreement = agree(problems, plans)
    check(problems, agreement)
    assert len(agreement.plans) + len(agreement.failed) == pages
    solo = sum(plan.objective for plan in plans)
    agreed = sum(plan.objective for plan in agreement.plans)
    assert agreement.cost == pytest.approx(solo - agreed)
    alone = sum(plan.upper_bound for plan in plans)
    assert sum(plan.bound_joint for plan in agreement.plans) <= alone * (1 + 1e-9)


def test_pages_in_any_order_agree_on_the_same():
    problems = agency(4, 4, 80, SMALL)
    plans = [solve_page(p) for p in problems]
    forward = agree(problems, plans)
    backward = agree(problems[::-1], plans[::-1])
    assert repr(forward) == repr(backward)


def test_without_a_conflict_nothing_changes():
    problems = agency(1, 2, 120, SMALL)
    second = replace(problems[1], caption_keys=tuple("x" + k for k in problems[1].caption_keys))
    pages = [problems[0], second]
    plans = [solve_page(p) for p in pages]
    agreement = agree(pages, plans)
    assert agreement.plans == tuple(plans)
    assert agreement.cost == 0
    assert agreement.losses == {}


def test_a_caption_goes_to_the_page_that_loses_most_without_it():
    problems = agency(2, 2, 60, replace(SMALL, n_min=1, n_max=1, explicit_tolerance=0.6))
    rich = replace(problems[0], caption_value=10 * problems[0].caption_value)
    plans = [solve_page(p) for p in (rich, problems[1])]
    wanted = {plan.messages[0].caption_key for plan in plans}
    if len(wanted) > 1:  # make them want the same one
        pytest.fail("the agency no longer makes both pages want one caption")
    agreement = agree([rich, problems[1]], plans)
    assert agreement.plans[0].messages == plans[0].messages
    assert set(agreement.losses) == {"page_01"}


def test_the_sum_is_the_best_of_all_ways_to_share():
    """Two pages, one message each: every pair of weeks is tried."""
    shape = replace(SMALL, captions=4, n_min=1, n_max=1, step_hours=24, explicit_tolerance=0.6)
    for seed in range(5):
        problems = agency(seed, 2, 4, replace(shape, prime_share_min=0.0, weekend_share_cap=1.0))
        agreement = agree(problems, [solve_page(p) for p in problems])
        slots = range(len(problems[0].slot_time))
        options = [
            [
                (choice_value(p, [(s, k)]), p.caption_keys[k])
                for s, k in product(slots, range(4))
                if not violations(p, [(s, k)])
            ]
            for p in problems
        ]
        best = max(a + b for (a, ka), (b, kb) in product(*options) if ka != kb)
        value, bound = totals(agreement)
        assert value == pytest.approx(best, rel=2e-3)
        assert best <= bound * (1 + 1e-9)


def test_all_weeks_together_are_proven_to_be_near_the_best():
    for seed, bank in ((0, 90), (1, 90), (2, 60), (3, 400)):
        problems = agency(seed, 5, bank, SMALL)
        plans = [solve_page(p) for p in problems]
        value, bound = totals(agree(problems, plans))
        alone = sum(plan.upper_bound for plan in plans)
        assert value <= bound <= 1.02 * value
        assert bound < alone


def test_the_joint_bound_holds_for_weeks_found_in_any_other_way():
    """Pages planned one after the other, each with what those before it left."""
    problems = agency(3, 5, 90, SMALL)
    _, bound = totals(agree(problems, [solve_page(p) for p in problems]))
    for turn in range(5):
        taken, value = set(), 0.0
        for problem in problems[turn:] + problems[:turn]:
            plan = solve_page(problem.without_captions(taken))
            assert not plan.relaxed
            taken |= {m.caption_key for m in plan.messages}
            value += plan.objective
        assert value <= bound


def test_any_caption_prices_give_a_bound_and_none_give_the_sum_of_the_pages_own():
    problems = agency(1, 3, 60, SMALL)
    plans = [solve_page(p) for p in problems]
    fixtures = [
        fixture(p, p, picks_of(plan.messages)) for p, plan in zip(problems, plans, strict=True)
    ]
    agreed = agree(problems, plans).plans
    value, alone = sum(p.objective for p in agreed), sum(p.upper_bound for p in plans)
    rng = np.random.default_rng(0)
    price = dict.fromkeys(sorted({k for p in problems for k in p.caption_keys}), 0.0)
    for top in (0.0, 1.0, 10.0, 100.0):
        price = {key: top * rng.exponential() for key in price}
        prices = [
            Duals(
                {name: np.zeros(len(high)) for name, (_, high) in f.places.bounds.items()}
                | {UNIQUENESS.name: np.array([price[k] for k in f.problem.caption_keys])}
            )
            for f in fixtures
        ]
        bound = sum(bounds_at(prices, fixtures, plans, agreed))
        assert value <= bound
        if top == 0:
            assert bound == pytest.approx(alone)


def test_too_few_captions_make_shorter_weeks_never_invalid_ones():
    problems = agency(7, 4, 24, replace(SMALL, captions=24, explicit_tolerance=0.3))
    plans = [solve_page(p) for p in problems]
    agreement = agree(problems, plans)
    check(problems, agreement)
    assert sum(len(p.messages) for p in agreement.plans) <= 24
    assert all(len(p.messages) >= 2 for p in agreement.plans)


def test_a_page_left_without_captions_fails_with_a_reason():
    problems = agency(7, 3, 1, replace(SMALL, captions=1, n_min=1, explicit_tolerance=1.0))
    agreement = agree(problems, [solve_page(p) for p in problems])
    check(problems, agreement)
    assert len(agreement.plans) == 1
    assert len(agreement.failed) == 2
    assert all("no candidate captions left" in reason for reason in agreement.failed.values())


def test_a_locked_caption_stays_where_it_is():
    problems = agency(3, 3, 60, replace(SMALL, captions=60))
    wanted = solve_page(problems[0]).messages[0].caption_key
    index = problems[1].caption_keys.index(wanted)
    time = int(problems[1].slot_time[50]) + 7
    locked = replace(problems[1], fixed=(lock(problems[1], time, index),))
    pages = [problems[0], locked, problems[2]]
    agreement = agree(pages, [solve_page(p) for p in pages])
    check(pages, agreement)
    kept = [m for m in agreement.plans[1].messages if m.fixed >= 0]
    assert [(m.time, m.caption_key) for m in kept] == [(time, wanted)]


def test_a_plan_made_before_captions_were_withdrawn_is_read_by_key():
    problems = agency(5, 2, 120, SMALL)
    plans = [solve_page(p) for p in problems]
    used = {m.caption_key for plan in plans for m in plan.messages}
    unused = [k for k in problems[0].caption_keys if k not in used]
    narrowed = [p.without_captions(set(unused[:10])) for p in problems]
    check(narrowed, agree(narrowed, plans))


def test_the_changed_pages_are_planned_by_the_callers_solver():
    problems = agency(4, 3, 60, SMALL)
    plans = [solve_page(p) for p in problems]
    asked = []

    def solve(some):
        asked.append([p.page_name for p in some])
        return [Infeasible("not today") for _ in some]

    agreement = agree(problems, plans, solve=solve)
    check(problems, agreement)
    assert asked == [sorted(agreement.losses)]
    assert agreement.failed == {}


def test_a_page_twice_is_refused():
    problems = agency(1, 1, 60, SMALL) * 2
    plans = [solve_page(p) for p in problems]
    with pytest.raises(InvalidProblem, match="pages repeat"):
        agree(problems, plans)


def test_a_plan_of_other_captions_is_refused():
    problems = agency(1, 2, 60, replace(SMALL, captions=60))
    plans = [solve_page(p) for p in problems]
    stripped = problems[0].with_captions(np.arange(3))
    with pytest.raises(InvalidProblem, match="captions not offered"):
        agree([stripped, problems[1]], plans)
