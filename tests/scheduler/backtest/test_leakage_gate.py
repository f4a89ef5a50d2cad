"""The leakage gate: nothing is learned from shuffled outcomes, and a leak turns it red."""

import pyarrow as pa
import pytest

from scheduler.backtest.leakage import Leakage, shuffled, shuffled_skill
from scheduler.response import ResponseSettings
from tests.scheduler.response.conftest import World

SETTINGS = ResponseSettings(skill_origins=2)
ROWS = 3_000


@pytest.fixture(scope="module")
def luck(world: World) -> pa.Table:
    return shuffled(world.training, seed=1)


def test_with_shuffled_outcomes_the_measured_skill_is_zero_within_noise(luck: pa.Table) -> None:
    found = shuffled_skill(luck, SETTINGS, ROWS)
    assert found.is_clean, found


@pytest.mark.parametrize(
    ("feature", "outcome"),
    [
        ("send_stock_short", "viewed_count"),
        ("send_stock_long", "purchased_count"),
    ],
)
def test_one_leaking_feature_turns_the_gate_red(luck: pa.Table, feature: str, outcome: str) -> None:
    """A feature that knows an outcome, as a query that looks past the send would make it."""
    leaking = luck.set_column(luck.column_names.index(feature), feature, luck.column(outcome))
    assert not shuffled_skill(leaking, SETTINGS, ROWS).is_clean


def test_real_skill_is_no_luck_either(world: World) -> None:
    assert not shuffled_skill(world.training, SETTINGS, ROWS).is_clean


def test_the_gate_looks_both_ways() -> None:
    clean = Leakage(rank=0.0, deviance=-0.4, deviance_noise=0.1, row_count=401)
    assert clean.rank_noise == 0.05
    assert clean.is_clean
    assert not Leakage(-0.16, 0.0, 0.1, 401).is_clean
    assert not Leakage(0.0, 0.31, 0.1, 401).is_clean
