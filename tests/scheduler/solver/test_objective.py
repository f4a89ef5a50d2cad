from dataclasses import replace

import numpy as np
import pytest

from benchmarks.random_pages import Shape, lock, page
from scheduler.solver.valuation import choice_value, expected_revenue, planned_messages, timeline


@pytest.fixture
def problem():
    base = page(3, Shape(captions=4, n_max=4, step_hours=12, spacing_hours=12))
    fatigue = np.ones_like(base.fatigue)
    fatigue[:, 1] = 0.5  # one message of the week before
    fatigue[:, :, 1] *= 0.1  # one of the day before
    return replace(
        base,
        slot_factor=np.full(14, 2.0),
        slot_choice_weight=np.full(14, 3.0),
        caption_value=np.array([10.0, 20.0, 30.0, 40.0]),
        caption_daypart_factor=np.full((4, 4), 0.8),
        fatigue=fatigue,
    )


def test_choice_value_is_the_product_of_the_five_factors(problem):
    assert choice_value(problem, [(0, 1)]) == pytest.approx(2 * 20 * 1 * 3 * 0.8)


def test_expected_revenue_leaves_the_choice_weights_out(problem):
    assert expected_revenue(problem, [(0, 1)]) == pytest.approx(40)


def test_a_second_message_of_the_day_pays_for_the_week_and_the_day_before_it(problem):
    assert expected_revenue(problem, [(0, 0), (1, 1)]) == pytest.approx(20 + 40 * 0.5 * 0.1)


def test_a_second_message_on_another_day_pays_for_the_week_only(problem):
    assert expected_revenue(problem, [(0, 0), (2, 1)]) == pytest.approx(20 + 40 * 0.5)


def test_the_order_of_the_picks_does_not_matter(problem):
    assert choice_value(problem, [(2, 1), (0, 0)]) == choice_value(problem, [(0, 0), (2, 1)])


def test_a_locked_message_counts_before_those_after_it(problem):
    early = lock(problem, int(problem.slot_time[0]) + 30, 0, value=7.0)
    locked = replace(problem, fixed=(replace(early, fatigue=np.ones((1, 1)), choice_weight=2.0),))
    assert expected_revenue(locked, [(2, 1)]) == pytest.approx(7 + 40 * 0.5)
    assert choice_value(locked, [(2, 1)]) == pytest.approx(14 + 40 * 0.5 * 3 * 0.8)


def test_counts_beyond_the_fatigue_table_use_its_last_entry(problem):
    short = lock(problem, int(problem.slot_time[3]) + 30, 0, value=7.0)
    locked = replace(problem, fixed=(replace(short, fatigue=np.array([[1.0], [0.5]])),))
    events = timeline(locked, [(0, 0), (1, 1), (2, 2)])
    assert [e.week_before for e in events] == [0, 1, 2, 3]
    assert events[3].expected == pytest.approx(3.5)


def test_planned_messages_are_in_time_order_with_their_prices(problem):
    locked = replace(problem, fixed=(lock(problem, int(problem.slot_time[0]) + 30, 9),))
    messages = planned_messages(locked, [(4, 1), (2, 3)])
    assert [m.time for m in messages] == sorted(m.time for m in messages)
    assert [m.fixed for m in messages] == [0, -1, -1]
    assert [m.caption for m in messages] == [-1, 3, 1]
    assert messages[0].price == 12.0
    assert messages[1].price == problem.caption_price[3]
