"""What a history of changing weeks still tells: responses last, levels move, demand bends."""

import numpy as np
import pyarrow as pa
import pytest

from scheduler.response.read.predict import expected_purchases
from scheduler.response.rows import read_rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.terms.price import demand as price_basis
from tests.scheduler.response.conftest import HOUR_PEAK, World, fitted, with_columns

BEST_PRICE = 15.0


def sold(training: pa.Table, purchases: np.ndarray, **values: np.ndarray) -> pa.Table:
    """The training rows with other purchases, and what they earned."""
    price = values.get("price", training.column("price").to_numpy())
    return with_columns(training, purchased_count=purchases, earnings=purchases * price, **values)


def test_hours_that_a_good_plan_no_longer_tries_stay_known(world: World) -> None:
    days_ago = 2 * world.training.column("days_ago").to_numpy()
    hour = world.training.column("local_hour").to_numpy()
    away = np.abs((hour - HOUR_PEAK + 12) % 24 - 12)
    table = with_columns(world.training, days_ago=days_ago, weight=np.exp(-days_ago / 30))
    few = np.arange(len(hour)) % 3 == 0
    table = table.filter(pa.array(np.where(days_ago > 120, few, away <= 2)))
    block = fitted(table).block("hour", "pool")[0]
    # The truth is one cosine, half a unit high.
    assert np.hypot(block[0], block[1]) == pytest.approx(0.5, abs=0.12)
    assert np.abs(block[2:]).max() < 0.12


def test_a_level_that_changed_last_month_is_followed(world: World) -> None:
    days_ago = world.training.column("days_ago").to_numpy()
    bought = world.training.column("purchased_count").to_numpy()
    more = np.where(days_ago < 25, np.round(1.7 * bought), bought)
    table = sold(world.training, more)
    rows, _, _ = read_rows(table, ResponseSettings())
    newest = rows.days_ago < 14
    expected = expected_purchases(fitted(table), rows)
    assert expected[newest].sum() == pytest.approx(rows.purchases[newest].sum(), rel=0.08)


def test_the_best_price_of_a_demand_that_bends_is_found(world: World) -> None:
    """Demand falls exponentially with the price, as in no shape of a logarithm alone."""
    random = np.random.default_rng(3)
    price = random.choice([5.0, 8, 12, 18, 27, 40], world.training.num_rows)
    old = world.training.column("price").to_numpy()
    mean = world.expected / old * (old / 12) ** 1.3 * np.exp(1 - price / BEST_PRICE)
    table = sold(
        world.training, random.poisson(mean * random.gamma(6, 1 / 6, len(price))).astype(float),
        price=price,
    )  # fmt: skip
    response = fitted(table)
    asked = np.linspace(6, 36, 301)
    demand = price_basis(asked, response.stats.log_price[0]) @ response.block("price", "pool")[0]
    assert asked[(demand + np.log(asked)).argmax()] == pytest.approx(BEST_PRICE, rel=0.1)
