"""The best weekly volume in words: never more certain than what was looked at."""

import pytest

from scheduler.analysis.performance import best_volume, best_volume_interval


@pytest.mark.parametrize(
    ("best", "low", "high", "largest", "told"),
    [
        (20.0, 14.0, 31.0, 45.0, ("20", "from 14 to 31")),
        (40.0, 14.0, 45.0, 45.0, ("40", "from 14 up")),
        (45.0, 38.0, 45.0, 45.0, ("45 or more", "from 38 up")),
    ],
)
def test_a_best_volume_at_the_end_of_those_looked_at_is_told_as_that_or_more(
    best: float, low: float, high: float, largest: float, told: tuple[str, str]
) -> None:
    creator = {
        "optimal_weekly_volume": best,
        "optimal_weekly_volume_low": low,
        "optimal_weekly_volume_high": high,
        "largest_weekly_volume": largest,
    }
    assert (best_volume(creator), best_volume_interval(creator)) == told
