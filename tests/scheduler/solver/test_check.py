"""Each rule of the checker: a week on the right side of its border, and one on the wrong side."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.random_pages import Shape, lock, page
from scheduler.solver.rule_check import violations


@pytest.fixture
def problem():
    """Six-hourly slots; every rule is loose until a test tightens one."""
    base = page(0, Shape(captions=8, step_hours=6, spacing_hours=6, n_min=0, n_max=6))
    return replace(
        base,
        explicit_share=0.5,
        explicit_tolerance=0.5,
        prime_share_min=0.0,
        weekend_share_cap=1.0,
        earliest_time=-np.inf,
        latest_time=np.inf,
        category_per_day_max=6,
        caption_is_explicit=np.arange(8) < 4,
        caption_category=np.array([0, 0, 1, 1, 2, 2, 3, 3]),
        slot_is_prime=np.arange(28) % 4 == 3,
    )


def rules(problem, picks):
    return [v.rule for v in violations(problem, picks)]


def test_a_week_within_all_rules_breaks_none(problem):
    assert rules(problem, [(0, 0), (5, 4), (10, 2)]) == []


@pytest.mark.parametrize("pick", [(28, 0), (0, 8), (-1, 0), (0, -1)])
def test_only_offered_slots_and_captions(problem, pick):
    assert rules(problem, [pick]) == ["candidates"]


def test_a_caption_once(problem):
    assert rules(problem, [(0, 0), (5, 1)]) == []
    assert rules(problem, [(0, 0), (5, 0)]) == ["uniqueness"]


def test_a_slot_once(problem):
    assert "uniqueness" in rules(problem, [(0, 0), (0, 1)])


def test_a_locked_caption_is_taken(problem):
    locked = replace(problem, fixed=(lock(problem, int(problem.slot_time[0]), 1),))
    assert rules(locked, [(5, 0)]) == []
    assert rules(locked, [(5, 1)]) == ["uniqueness"]


def test_locked_messages_may_repeat_each_other(problem):
    twice = tuple(lock(problem, int(problem.slot_time[i]), 1) for i in (0, 9))
    assert rules(replace(problem, fixed=twice), []) == []


def test_spacing_between_messages(problem):
    assert rules(problem, [(0, 0), (1, 1)]) == []
    wider = replace(problem, spacing_minutes=361)
    assert rules(wider, [(0, 0), (1, 1)]) == ["spacing"]


def test_spacing_to_the_week_before(problem):
    first = float(problem.slot_time[0])
    assert rules(replace(problem, earliest_time=first - 360), [(0, 0)]) == []
    assert rules(replace(problem, earliest_time=first - 359), [(0, 0)]) == ["spacing"]


def test_spacing_to_the_week_after(problem):
    last = float(problem.slot_time[-1])
    assert rules(replace(problem, latest_time=last + 360), [(27, 0)]) == []
    assert rules(replace(problem, latest_time=last + 359), [(27, 0)]) == ["spacing"]


def test_spacing_to_a_locked_message(problem):
    near = lock(problem, int(problem.slot_time[0]) + 359, 7)
    far = lock(problem, int(problem.slot_time[0]) + 360, 7)
    assert rules(replace(problem, fixed=(far,)), [(0, 0)]) == []
    assert rules(replace(problem, fixed=(near,)), [(0, 0)]) == ["spacing"]


def test_number_of_messages(problem):
    two = replace(problem, n_min=2, n_max=2)
    week = [(0, 0), (5, 1), (10, 2)]
    assert rules(two, week[:2]) == []
    assert rules(two, week[:1]) == ["minimum"]
    assert rules(two, week) == ["maximum"]


@pytest.mark.parametrize(("explicit", "broken"), [(1, ["mix"]), (2, []), (3, []), (4, ["mix"])])
def test_mix_of_four_messages_between_half_and_three_quarters(problem, explicit, broken):
    mixed = replace(problem, explicit_share=0.62, explicit_tolerance=0.13)
    captions = [*range(explicit), *range(4, 8 - explicit)]
    picks = [(5 * i, k) for i, k in enumerate(captions)]
    assert rules(mixed, picks) == broken


def test_a_share_that_is_exact_on_paper_is_kept(problem):
    seven_of_ten = replace(
        problem, n_max=10, fatigue=np.ones((28, 10, 1)), explicit_share=0.6, explicit_tolerance=0.1
    )
    at = problem.slot_time
    locks = tuple(lock(problem, int(at[3 * i]) + 1, 0) for i in range(7))
    few = replace(seven_of_ten, fixed=locks)
    assert rules(few, [(21, 4), (23, 5), (25, 6)]) == []


def test_prime_share(problem):
    strict = replace(problem, prime_share_min=0.5)
    assert rules(strict, [(3, 0), (8, 1)]) == []
    assert rules(strict, [(4, 0), (8, 1)]) == ["prime"]


def test_category_per_day(problem):
    strict = replace(problem, category_per_day_max=1)
    assert rules(strict, [(0, 0), (2, 2), (4, 1)]) == []
    assert rules(strict, [(0, 0), (2, 1)]) == ["category"]


def test_weekend_share(problem):
    strict = replace(problem, weekend_share_cap=0.5)
    assert rules(strict, [(0, 0), (20, 1)]) == []
    assert rules(strict, [(22, 0), (20, 1)]) == ["weekend"]


def test_holiday_share(problem):
    caps = np.ones(7)
    caps[3] = 0.5
    strict = replace(problem, day_share_cap=caps)
    assert rules(strict, [(0, 0), (12, 1)]) == []
    assert rules(strict, [(12, 0), (14, 1)]) == ["holiday"]
