"""What a caption's usual price says of it, and how much one price says."""

from dataclasses import fields

import numpy as np
import pytest

from scheduler.response.captions import caption_signs, row_signs
from scheduler.response.rows import Labels, Rows, read_rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.stats import page_stats
from tests.scheduler.response.conftest import World

BETWEEN, WITHIN = 0.3, 0.4


@pytest.fixture(scope="module")
def priced(world: World) -> tuple[Rows, np.ndarray, Labels]:
    """One page's rows, priced by what its seller thinks of each caption and by much else."""
    settings = ResponseSettings()
    rows, labels, _ = read_rows(world.training, settings)
    random = np.random.default_rng(11)
    count = 4_000
    caption = np.sort(random.geometric(0.35, count).cumsum() % count)
    liking = random.normal(0.0, BETWEEN, count)
    price = 12.0 * np.exp(liking[caption] + random.normal(0.0, WITHIN, count))
    values = {field.name: getattr(rows, field.name)[:count] for field in fields(Rows)}
    values |= {"page": np.zeros(count, dtype=np.int64), "caption": caption, "price": price}
    return Rows(**values), liking, labels


def test_a_usual_price_counts_by_how_often_it_was_asked(
    priced: tuple[Rows, np.ndarray, Labels],
) -> None:
    rows, liking, labels = priced
    stats = page_stats(rows, labels, ResponseSettings().fatigue_hours)
    signs, noise = caption_signs(rows, stats, len(liking))
    assert noise == pytest.approx(WITHIN**2 / BETWEEN**2, rel=0.25)
    count = np.bincount(rows.caption, minlength=len(liking))
    for times in (1, 2, 3):
        seen = count == times
        slope = np.polyfit(signs[seen, 0], liking[seen], 1)[0]
        assert slope == pytest.approx(1.0, abs=0.25)


def test_a_new_caption_s_price_counts_as_one(priced: tuple[Rows, np.ndarray, Labels]) -> None:
    rows, liking, labels = priced
    stats = page_stats(rows, labels, ResponseSettings().fatigue_hours)
    signs, noise = caption_signs(rows, stats, len(liking))
    once = np.flatnonzero(np.bincount(rows.caption, minlength=len(liking)) == 1)
    of_once = np.isin(rows.caption, once)
    new = np.full_like(signs, np.nan)
    known = row_signs(rows, signs, noise, stats, 1)[of_once, 0]
    assert row_signs(rows, new, noise, stats, 0)[of_once, 0] == pytest.approx(known)
