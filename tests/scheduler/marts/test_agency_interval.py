"""The agency's interval: pages' errors are alike in part, and the agency's own set the least."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.marts.agency_interval import agency_interval
from scheduler.marts.run_result import AgencyInterval

EXPECTED, LOW, HIGH = [100.0, 300.0, 50.0], [80.0, 240.0, 30.0], [125.0, 370.0, 75.0]


def of(correlation: float, deviation: float = 0.0) -> AgencyInterval:
    return agency_interval(
        EXPECTED, LOW, HIGH, correlation=correlation, deviation=deviation, coverage=0.8
    )


def test_pages_of_one_luck_are_as_wide_as_their_sum_and_of_their_own_luck_narrower() -> None:
    together, alone = of(1.0), of(0.0)
    assert together.expected == alone.expected == sum(EXPECTED)
    width = np.sum(HIGH) - np.sum(LOW)
    assert together.high - together.low == pytest.approx(width, rel=0.03)
    assert alone.high - alone.low < 0.8 * width


def test_an_agency_that_was_far_off_before_is_told_so() -> None:
    assert of(0.3, 0.4).high - of(0.3, 0.4).low > 1.5 * (of(0.3).high - of(0.3).low)
    assert of(0.3, 0.001) == of(0.3)


@given(
    weeks=st.lists(st.tuples(st.floats(1, 1e5), st.floats(0, 1), st.floats(1, 3)), min_size=1),
    correlation=st.floats(0, 1),
)
def test_the_interval_is_in_order_and_above_nothing(
    weeks: list[tuple[float, float, float]], correlation: float
) -> None:
    expected = [week[0] for week in weeks]
    low, high = ([week[0] * week[end] for week in weeks] for end in (1, 2))
    found = agency_interval(
        expected, low, high, correlation=correlation, deviation=0.1, coverage=0.8
    )
    assert 0.0 < found.low < found.high
    assert found.low < found.expected


def test_an_agency_without_a_week_has_nothing_to_earn() -> None:
    found = agency_interval([], [], [], correlation=0.3, deviation=0.2, coverage=0.8)
    assert (found.expected, found.low, found.high) == (0.0, 0.0, 0.0)
