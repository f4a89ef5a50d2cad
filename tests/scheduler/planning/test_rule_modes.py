"""Rules that a week may do without: what keeping them costs, and when they are given up."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.random_pages import Shape, page
from scheduler.planning import rule_modes
from scheduler.planning.rule_modes import RULES, Preferred, let_go, solve_preferred, told
from scheduler.solver import PageProblem, WeekPlan, solve_page
from scheduler.solver.rule_check import violations
from scheduler.solver.valuation import picks_of
from scheduler.warehouse import DbtProject

# The solver's names of what each rule of the rulebook limits.
LIMITS = {
    "message_spacing": {"spacing"},
    "explicit_share": {"mix"},
    "prime_hour_share": {"prime"},
    "category_per_day": {"category"},
    "weekend_share": {"weekend"},
    "holiday_factor": {"holiday"},
}


@pytest.fixture
def crowded() -> PageProblem:
    """A page that is set to 40 messages, of which its few prime hours hold a dozen or two."""
    shape = Shape(
        captions=150, n_min=2, n_max=40, spacing_hours=2, prime_hours=2, prime_share_min=0.8,
        week_fatigue=0.0, day_fatigue=0.0, explicit_share=0.5, explicit_tolerance=0.5,
        category_per_day_max=24, weekend_share_cap=1.0,
    )  # fmt: skip
    return page(7, shape)


def test_a_share_in_prime_hours_that_cuts_the_volume_is_given_up_and_said(
    crowded: PageProblem,
) -> None:
    kept = solve_page(crowded)
    best = solve_preferred(Preferred(crowded, ("prime_hour_share",), 0.25))
    assert len(kept.messages) < 25
    assert len(best.plan.messages) == 40
    assert best.given_up["prime_hour_share"] > 0.25
    assert told(best.given_up)[0].startswith("prime_hour_share: keeping it would cost ")


def test_a_rule_that_costs_less_than_it_may_is_kept(crowded: PageProblem) -> None:
    best = solve_preferred(Preferred(crowded, ("prime_hour_share",), 0.99))
    assert best.given_up == {}
    assert best.plan == solve_page(crowded)


def test_rules_that_are_too_dear_are_given_up_together(crowded: PageProblem) -> None:
    both = replace(crowded, weekend_share_cap=0.0)
    rules = ("prime_hour_share", "weekend_share", "explicit_share")
    best = solve_preferred(Preferred(both, rules, 0.05))
    assert set(best.given_up) == {"prime_hour_share", "weekend_share"}
    assert best.plan == solve_page(let_go(both, ["prime_hour_share", "weekend_share"]))


def test_a_week_that_keeps_its_preferred_rules_unasked_is_solved_once(
    crowded: PageProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved: list[PageProblem] = []

    def counted(problem: PageProblem) -> WeekPlan:
        solved.append(problem)
        return solve_page(problem)

    monkeypatch.setattr(rule_modes, "solve_page", counted)
    easy = replace(crowded, prime_share_min=0.0)
    best = solve_preferred(Preferred(easy, ("prime_hour_share", "explicit_share"), 0.0))
    assert len(solved) == 1
    assert best.given_up == {}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 5_000), share=st.sampled_from((0.2, 0.4, 0.6)))
def test_the_week_kept_is_within_its_proven_gap_of_the_best_one_with_every_rule(
    seed: int, share: float
) -> None:
    shape = Shape(
        captions=40, n_max=8, spacing_hours=4, prime_hours=3, prime_share_min=share,
        explicit_share=0.5, explicit_tolerance=0.2, category_per_day_max=2, weekend_share_cap=0.5,
    )  # fmt: skip
    problem = page(seed, shape)
    rules = ("prime_hour_share", "weekend_share")
    week = solve_preferred(Preferred(problem, rules, 1.0)).plan
    one_by_one = solve_page(problem)
    assert week.relaxed == one_by_one.relaxed
    assert week.objective <= one_by_one.upper_bound * (1 + 1e-9)
    assert one_by_one.objective <= week.upper_bound * (1 + 1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 5_000), rule=st.sampled_from(RULES))
def test_a_rule_let_go_limits_nothing_and_leaves_the_others(seed: int, rule: str) -> None:
    shape = Shape(
        captions=40, n_max=12, spacing_hours=6, prime_hours=1, prime_share_min=1.0,
        explicit_share=0.5, explicit_tolerance=0.05, category_per_day_max=1, categories=2,
        weekend_share_cap=0.1, holiday=True,
    )  # fmt: skip
    problem = page(seed, shape)
    freed = let_go(problem, [rule])
    plan = solve_page(freed)
    broken = {found.rule for found in violations(freed, picks_of(plan.messages))}
    assert not broken & LIMITS[rule]
    again = {found.rule for found in violations(problem, picks_of(plan.messages))}
    assert again - broken <= LIMITS[rule]
    assert np.array_equal(freed.caption_value, problem.caption_value)


def test_the_rules_with_a_mode_warn_or_are_logged_and_each_has_its_setting() -> None:
    project = DbtProject.find().root
    tiers = dict(re.findall(r"'(\w+)': (\d)", (project / "macros/rulebook.sql").read_text()))
    assert {tiers[rule] for rule in RULES} == {"2", "3"}
    modes = [name for name in DbtProject.find().default_vars() if name.endswith("_mode")]
    assert sorted(modes) == sorted(f"{rule}_mode" for rule in RULES)
