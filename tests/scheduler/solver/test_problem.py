from dataclasses import replace

import numpy as np
import pytest

from benchmarks.random_pages import Shape, lock, page
from scheduler.solver.week_problem import InvalidProblem


@pytest.fixture
def problem():
    return page(1, Shape(captions=5, step_hours=12, n_max=4))


@pytest.mark.parametrize(
    "change",
    [
        {"slot_factor": np.ones(3)},
        {"slot_factor": np.full(14, np.nan)},
        {"slot_time": np.zeros(14, dtype=np.int64)},
        {"slot_day": np.arange(14)[::-1] // 2},
        {"slot_daypart": np.full(14, 4)},
        {"slot_is_weekend": np.arange(14) == 0},
        {"caption_value": np.full(5, -1.0)},
        {"caption_keys": ("b", "a", "c", "d", "e")},
        {"caption_keys": ("a", "a", "c", "d", "e")},
        {"caption_category": np.full(5, -1)},
        {"caption_daypart_factor": np.ones((5, 3))},
        {"fatigue": np.ones((14, 3, 2))},
        {"day_share_cap": np.ones(6)},
        {"day_share_cap": np.full(7, 1.5)},
        {"n_min": 5},
        {"n_max": 0, "n_min": 0},
        {"spacing_minutes": -1},
        {"category_per_day_max": 0},
        {"explicit_share": 1.2},
        {"prime_share_min": -0.1},
    ],
)
def test_a_problem_that_contradicts_itself_is_refused_by_name(problem, change):
    with pytest.raises(InvalidProblem, match=problem.page_name):
        replace(problem, **change)


def test_a_locked_message_needs_a_fatigue_table(problem):
    bad = replace(lock(problem, int(problem.slot_time[0]), 0), fatigue=np.ones(3))
    with pytest.raises(InvalidProblem, match="locked fatigue"):
        replace(problem, fixed=(bad,))


def test_locked_messages_are_put_in_time_order(problem):
    late, early = (lock(problem, int(problem.slot_time[i]), i) for i in (9, 2))
    assert replace(problem, fixed=(late, early)).fixed == (early, late)


def test_without_captions_takes_every_column_along(problem):
    left = problem.without_captions({problem.caption_keys[0], "unknown"})
    assert left.caption_keys == problem.caption_keys[1:]
    assert left.caption_value.tolist() == problem.caption_value[1:].tolist()
    assert left.caption_daypart_factor.shape == (4, 4)


def test_without_captions_of_others_changes_nothing(problem):
    assert problem.without_captions({"unknown"}) is problem
