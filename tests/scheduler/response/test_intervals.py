"""Intervals hold their share of weeks they have not seen, in every tier."""

from dataclasses import replace

import numpy as np
import pytest

from scheduler.response.judge.evaluate import out_of_time_coverage
from scheduler.response.judge.intervals import BANDS, calibrate, is_covered, is_week_covered
from scheduler.response.judge.skill import Judged, pooled

PAGES, PER_WEEK = 40, 30
DISPERSION = np.array([0.6, 1.5])
WEEK_SPREAD = np.array([0.10, 0.45])  # standard deviation of a page-week's luck, by tier


def week_of(seed: int) -> Judged:
    """Tier 0 sells a lot and steadily; tier 1 sells little, and its weeks share more luck."""
    random = np.random.default_rng(seed)
    page = np.repeat(np.arange(PAGES), PER_WEEK)
    tier = page % 2
    mean = np.where(tier == 0, 20.0, 1.5) * random.lognormal(0.0, 0.5, len(page))
    spread = WEEK_SPREAD[np.arange(PAGES) % 2]
    luck = random.lognormal(-0.5 * spread**2, spread)[page]
    size = 1.0 / DISPERSION[tier]
    purchases = random.poisson(mean * luck * random.gamma(size, 1.0 / size)).astype(float)
    worth = random.choice([8.0, 12.0, 20.0], len(page))
    naive = np.full(len(page), mean.mean())
    return Judged(
        page=page, tier=tier, cell=page, sent=np.full(len(page), 1e3), worth=worth,
        purchases=purchases, earnings=purchases * worth, mean=mean, naive=naive * worth,
        page_naive=naive * worth, naive_mean=naive, page_naive_mean=naive,
    )  # fmt: skip


WEEKS = [week_of(seed) for seed in range(12)]


def test_messages_and_page_weeks_hold_their_share_in_every_tier() -> None:
    levels = calibrate(pooled(WEEKS[:3]), 2, 0.8, 1.0)
    later = pooled(WEEKS[3:])
    inside, weeks = is_covered(later, levels), is_week_covered(later, levels)
    assert 0.77 <= inside.mean() <= 0.84
    for tier in (0, 1):
        assert 0.76 <= inside[later.tier == tier].mean() <= 0.90
        assert 0.70 <= weeks[later.tier == tier].mean() <= 0.90
    assert levels.week_variance[1] > levels.week_variance[0]


def test_pooled_origins_set_steadier_levels_than_one_week_does() -> None:
    def spread(parts: int) -> float:
        found = [
            is_week_covered(pooled(WEEKS[6:]), calibrate(pooled(WEEKS[i : i + parts]), 2, 0.8, 1.0))
            for i in range(4)
        ]
        return float(np.std([values.mean() for values in found]))

    assert spread(3) < spread(1)


def test_the_first_origin_has_no_intervals_and_the_weeks_before_an_origin_set_none() -> None:
    """A wild second week changes what the fourth is held to, not the third."""
    parts = WEEKS[:4]
    wild = pooled([WEEKS[1]])
    wild.earnings[:] *= 50.0
    wild.purchases[:] *= 50.0
    sizes = np.cumsum([len(part) for part in parts])
    before, _ = out_of_time_coverage(parts, 2, 0.8, 1.0, 3)
    after, _ = out_of_time_coverage([parts[0], wild, *parts[2:]], 2, 0.8, 1.0, 3)
    assert np.isnan(before[: sizes[0]]).all()
    third, fourth = slice(sizes[1], sizes[2]), slice(sizes[2], sizes[3])
    assert np.array_equal(before[third], after[third])
    assert before[fourth].mean() < after[fourth].mean()


def test_the_few_messages_that_sell_much_hold_their_share_among_many_that_sell_nothing() -> None:
    def mixed(seed: int) -> Judged:
        week = week_of(seed)
        random = np.random.default_rng([seed, 1])
        mean = np.where(random.random(len(week)) < 0.1, 20.0, 0.15)
        bought = random.poisson(mean * random.gamma(2.0, 0.5, len(week))).astype(float)
        tier = np.zeros(len(week), dtype=np.int64)
        return replace(week, mean=mean, purchases=bought, earnings=bought * week.worth, tier=tier)

    levels = calibrate(pooled([mixed(seed) for seed in range(3)]), 1, 0.8, 1.0)
    later = pooled([mixed(seed) for seed in range(3, 9)])
    assert 0.75 <= is_covered(later, levels)[later.mean > 10].mean() <= 0.85


def test_a_band_with_few_messages_is_held_no_narrower_than_the_one_below_it() -> None:
    """Many small messages make coarse intervals; a few large ones must not take their level."""

    def mixed(seed: int) -> Judged:
        week = week_of(seed)
        random = np.random.default_rng([seed, 2])
        mean = random.choice([0.15, 5.0], len(week), p=[0.8, 0.2])
        mean[:3] = 100.0
        bought = random.poisson(mean * random.gamma(2.0, 0.5, len(week))).astype(float)
        tier = np.zeros(len(week), dtype=np.int64)
        return replace(week, mean=mean, purchases=bought, earnings=bought * week.worth, tier=tier)

    level = calibrate(pooled([mixed(seed) for seed in range(3)]), 1, 0.8, 1.0).level[-1]
    assert level[0] < level[2] == level[3] == level[4]


@pytest.mark.parametrize("count", [0, 5])
def test_with_hardly_a_message_the_fit_s_own_dispersion_stands(count: int) -> None:
    few = WEEKS[0].take(np.arange(len(WEEKS[0])) < count)
    levels = calibrate(few, 2, 0.8, 0.7)
    assert levels.dispersion.tolist() == [0.7] * 3
    assert levels.level.tolist() == [[0.8] * BANDS] * 3
    assert levels.week_level.tolist() == [0.8] * 3
