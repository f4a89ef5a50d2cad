"""Each rule of the solver alone: kept when it can be, given way as little as possible when not."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.random_pages import Shape, lock, page
from scheduler.solver import Infeasible, solve_page
from scheduler.solver.rule_check import violations
from scheduler.solver.valuation import picks_of

LOOSE = {
    "explicit_share": 0.5,
    "explicit_tolerance": 0.5,
    "prime_share_min": 0.0,
    "weekend_share_cap": 1.0,
    "category_per_day_max": 15,
    "earliest_time": -np.inf,
    "latest_time": np.inf,
}


@pytest.fixture
def problem():
    """Two-hourly slots, forty captions, fifteen messages wanted, no rule that binds."""
    base = page(5, Shape(captions=40, step_hours=2, n_min=2, n_max=15, spacing_hours=2))
    flat = np.broadcast_to(np.linspace(1, 0.98, base.fatigue.shape[1])[:, None], (15, 13))
    return replace(base, **LOOSE, fatigue=np.tile(flat, (84, 1, 1)))


def solved(problem):
    """The plan, and the rules it breaks by the checker."""
    plan = solve_page(problem)
    assert plan.objective <= plan.upper_bound
    broken = [v.rule for v in violations(problem, picks_of(plan.messages))]
    assert [text.split(":")[0] for text in plan.relaxed] == broken
    return plan, broken


def named(plan):
    """Rule and change of every binding rule, each with a worth above 0."""
    assert all(binding.worth > 0 for binding in plan.binding)
    return [(binding.rule, binding.change) for binding in plan.binding]


def test_nothing_binds(problem):
    plan, broken = solved(problem)
    assert broken == []
    assert len(plan.messages) == 15
    assert plan.gap <= 0.002


def test_maximum_binds_and_is_named(problem):
    plan, _ = solved(problem)
    assert ("maximum", "a message more than 15") in named(plan)


def test_strong_fatigue_makes_fewer_messages(problem):
    tired = replace(problem, fatigue=np.tile(0.7 ** np.arange(15)[:, None] ** 1.5, (84, 1, 13)))
    plan, broken = solved(tired)
    assert broken == []
    assert 2 <= len(plan.messages) < 15


def test_minimum_is_reached_even_when_messages_earn_nothing(problem):
    tired = replace(problem, n_min=6, fatigue=np.tile(0.0 ** np.arange(15)[:, None], (84, 1, 13)))
    plan, broken = solved(tired)
    assert broken == []
    assert len(plan.messages) >= 6


def test_minimum_gives_way_when_captions_run_out(problem):
    few = replace(problem.with_captions(np.arange(3)), n_min=5)
    plan, broken = solved(few)
    assert broken == ["minimum"]
    assert len(plan.messages) == 3
    assert named(plan) == [("candidates", "a message more than 3")]


def test_spacing_limits_a_week(problem):
    wide = replace(problem, spacing_minutes=40 * 60)
    plan, broken = solved(wide)
    assert broken == []
    assert len(plan.messages) == 5


def test_minimum_gives_way_before_spacing(problem):
    wide = replace(problem, spacing_minutes=40 * 60, n_min=6)
    plan, broken = solved(wide)
    assert broken == ["minimum"]
    assert len(plan.messages) == 5


def test_the_neighbouring_weeks_keep_their_distance(problem):
    first, last = float(problem.slot_time[0]), float(problem.slot_time[-1])
    near = replace(problem, earliest_time=first, latest_time=last, spacing_minutes=24 * 60)
    plan, broken = solved(near)
    assert broken == []
    times = [m.time for m in plan.messages]
    assert times[0] >= first + 1440
    assert times[-1] <= last - 1440


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 1.0])
def test_mix_is_kept(problem, share):
    plan, broken = solved(replace(problem, explicit_share=share, explicit_tolerance=0.05))
    assert broken == []
    assert len(plan.messages) >= 2


def test_mix_gives_way_when_one_kind_is_missing(problem):
    explicit = problem.with_captions(np.flatnonzero(problem.caption_is_explicit))
    plan, broken = solved(replace(explicit, explicit_share=0.6, explicit_tolerance=0.1, n_min=4))
    assert broken == ["mix"]
    assert len(plan.messages) >= 4


def test_few_captions_of_a_kind_limit_the_week_rather_than_the_mix(problem):
    teasing = np.flatnonzero(~problem.caption_is_explicit)[:2]
    captions = np.sort(np.append(np.flatnonzero(problem.caption_is_explicit), teasing))
    week = replace(problem.with_captions(captions), explicit_share=0.6, explicit_tolerance=0.1)
    plan, broken = solved(week)
    assert broken == []
    assert len(plan.messages) == 6
    assert ("mix", "a message more than 6") in named(plan)


@pytest.mark.parametrize("share", [0.5, 0.8, 1.0])
def test_prime_share_is_kept(problem, share):
    plan, broken = solved(replace(problem, prime_share_min=share))
    assert broken == []
    assert len(plan.messages) >= 2


def test_prime_share_gives_way_when_prime_hours_are_too_near_each_other(problem):
    week = replace(problem, prime_share_min=0.8, n_min=10, spacing_minutes=10 * 60)
    one_hour = replace(week, slot_is_prime=np.arange(84) % 12 == 9)
    plan, broken = solved(one_hour)
    assert broken == ["prime"]
    prime = sum(bool(one_hour.slot_is_prime[m.slot]) for m in plan.messages)
    assert (prime, len(plan.messages)) == (7, 10)


def test_no_prime_hour_left_is_no_reason_for_a_short_week(problem):
    plan, broken = solved(
        replace(problem, prime_share_min=0.8, slot_is_prime=np.zeros(84, dtype=bool))
    )
    assert broken == ["prime"]
    assert len(plan.messages) == 15


def test_category_per_day_is_kept(problem):
    plan, broken = solved(replace(problem, category_per_day_max=1))
    assert broken == []
    assert len(plan.messages) == 15


def test_category_per_day_gives_way_when_there_is_one_category(problem):
    one = replace(
        problem, caption_category=np.zeros(40, dtype=np.int64), category_per_day_max=1, n_min=9
    )
    plan, broken = solved(one)
    assert set(broken) == {"category"}
    assert len(plan.messages) >= 9


def test_one_category_limits_the_week_rather_than_the_rule(problem):
    one = replace(problem, caption_category=np.zeros(40, dtype=np.int64), category_per_day_max=1)
    plan, broken = solved(one)
    assert broken == []
    assert len(plan.messages) == 7


def test_weekend_cap_is_kept_and_named(problem):
    rich = replace(problem, slot_factor=np.where(problem.slot_is_weekend, 3.0, 1.0))
    plan, broken = solved(replace(rich, weekend_share_cap=0.2))
    assert broken == []
    assert sum(bool(rich.slot_is_weekend[m.slot]) for m in plan.messages) == 3
    assert "weekend" in dict(named(plan))


def test_weekend_cap_gives_way_when_only_the_weekend_is_left(problem):
    start = float(problem.slot_time[problem.slot_is_weekend][0])
    late = replace(problem, weekend_share_cap=0.3, earliest_time=start - 120)
    plan, broken = solved(late)
    assert broken == ["weekend"]
    assert len(plan.messages) == 15


def test_holiday_cap_is_kept_and_named(problem):
    caps = np.ones(7)
    caps[2] = 0.1
    rich = replace(problem, slot_factor=np.where(problem.slot_day == 2, 3.0, 1.0))
    plan, broken = solved(replace(rich, day_share_cap=caps))
    assert broken == []
    assert sum(int(rich.slot_day[m.slot]) == 2 for m in plan.messages) == 2
    assert "holiday" in dict(named(plan))


def test_holiday_cap_gives_way_when_only_the_holiday_is_left(problem):
    caps = np.ones(7)
    caps[6] = 0.1
    start = float(problem.slot_time[problem.slot_day == 6][0])
    late = replace(problem, day_share_cap=caps, earliest_time=start - 120)
    plan, broken = solved(late)
    assert broken == ["holiday"]
    assert len(plan.messages) >= 2


def test_no_candidate_is_infeasible(problem):
    with pytest.raises(Infeasible, match="no candidate captions left"):
        solve_page(problem.with_captions(np.zeros(0, dtype=np.int64)))


def test_no_usable_hour_is_infeasible(problem):
    with pytest.raises(Infeasible, match="no usable hour"):
        solve_page(replace(problem, earliest_time=float(problem.slot_time[-1])))


def test_too_many_locked_messages_are_infeasible(problem):
    locks = tuple(lock(problem, int(t), 100 + i) for i, t in enumerate(problem.slot_time[:16:4]))
    with pytest.raises(Infeasible, match="4 locked messages, at most 3"):
        solve_page(replace(problem, n_max=3, n_min=2, fixed=locks))


def test_locked_messages_are_kept_and_counted(problem):
    times = [int(problem.slot_time[i]) + 17 for i in (10, 40, 70)]
    locks = tuple(lock(problem, t, k, value=5.0) for t, k in zip(times, (0, 1, 99), strict=True))
    plan, broken = solved(replace(problem, fixed=locks, prime_share_min=0.5))
    assert broken == []
    assert [m.time for m in plan.messages if m.fixed >= 0] == times
    assert len(plan.messages) == 15
    keys = [m.caption_key for m in plan.messages]
    assert len(set(keys)) == 15


def test_locked_messages_nearer_than_the_spacing_are_kept(problem):
    times = [int(problem.slot_time[10]), int(problem.slot_time[10]) + 30]
    locks = tuple(lock(problem, t, k) for t, k in zip(times, (0, 1), strict=True))
    plan = solve_page(replace(problem, fixed=locks))
    assert [m.time for m in plan.messages if m.fixed >= 0] == times
    assert plan.relaxed == ()


def test_a_week_of_locked_messages_only(problem):
    locks = tuple(lock(problem, int(problem.slot_time[i]), 50 + i) for i in (4, 40))
    plan, broken = solved(replace(problem, fixed=locks, n_max=2))
    assert broken == []
    assert [m.fixed for m in plan.messages] == [0, 1]
    assert plan.gap == pytest.approx(0)
