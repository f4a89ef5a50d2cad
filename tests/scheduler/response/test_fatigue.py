"""Fatigue where the history seems to show the opposite."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.response import PageResponse, ResponseModel, ResponseSettings, fit_response
from scheduler.response.read.fatigue_of_week import without_gain
from tests.scheduler.response.conftest import World, places, with_columns

LIVELY = "page5"
GAIN = 0.02  # log effect of a message of long memory, by which sends follow sales


@pytest.fixture(scope="module")
def table(world: World) -> pa.Table:
    """One page sends more whenever it sells well."""
    random = np.random.default_rng(3)
    is_lively = np.array([p == LIVELY for p in world.training.column("page_name").to_pylist()])
    names = ("send_stock_long", "viewed_count", "purchased_count", "price")
    stock, viewed, bought, price = (world.training.column(n).to_numpy() for n in names)
    rise = np.where(is_lively, GAIN * (stock - stock.mean()), 0.0)
    sold = np.minimum(random.poisson(bought * np.exp(rise)), viewed).astype(float)
    return with_columns(world.training, purchased_count=sold, earnings=sold * price)


@pytest.fixture(scope="module")
def model(table: pa.Table) -> ResponseModel:
    return fit_response(table, ResponseSettings())


def projected(response: PageResponse, rows: pa.Table) -> np.ndarray:
    """What weeks would be planned with, for messages of the history."""
    names = ("local_hour", "iso_weekday", "price", "sent_count")
    hour, weekday, price, sent = (rows.column(n).to_numpy() for n in names)
    contents = rows.column("content_category_key").to_pylist()
    stocks = [rows.column(f"send_stock_{n}").to_numpy() for n in ("short", "middle", "long")]
    of_price = {content: response.log_price(content, price) for content in set(contents)}
    effects = (
        response.log_base
        + response.hour[hour]
        + response.weekday[weekday]
        + response.content(contents)
        + response.caption(places(response, rows.column("caption_key").to_pylist()), None)
        + [of_price[content][row] for row, content in enumerate(contents)]
        + response.fatigue.log_effect(np.stack(stocks, axis=1))
    )
    dollars = response.audience * np.exp(effects) * price
    return np.asarray(dollars * sent / response.audience)


def test_a_page_that_seems_to_gain_by_sends_is_neither_tired_nor_less_than_it_is(
    table: pa.Table, model: ResponseModel
) -> None:
    rows = table.filter(pa.compute.equal(table.column("page_name"), LIVELY))
    response = model.page_response(LIVELY)
    busy = response.fatigue.steady(np.array([80.0]))
    assert response.fatigue.log_effect(busy)[0] <= 0.0
    sold = rows.column("earnings").to_numpy()
    assert projected(response, rows).sum() / sold.sum() == pytest.approx(1.0, abs=0.15)


@given(
    mean=st.lists(st.floats(-2, 2), min_size=3, max_size=3),
    root=st.lists(st.floats(-1, 1), min_size=9, max_size=9),
    other=st.lists(st.floats(-3, 0), min_size=3, max_size=3),
)
def test_of_all_fatigue_without_gain_the_nearest_is_taken(
    mean: list[float], root: list[float], other: list[float]
) -> None:
    wanted, square = np.array(mean), np.array(root).reshape(3, 3)
    spread = square @ square.T + 0.05 * np.eye(3)
    found = without_gain(wanted, spread)
    assert (found <= 0.0).all()
    if (wanted <= 0.0).all():
        assert np.array_equal(found, wanted)

    def distance(at: np.ndarray) -> float:
        return float((at - wanted) @ np.linalg.solve(spread, at - wanted))

    assert distance(found) <= distance(np.array(other)) + 1e-6


def test_memories_that_tell_the_same_are_not_counted_twice() -> None:
    # Together they tire by one; cut apart, the first would stand for three times that.
    spread = np.array([[1.0, -0.99, 0.0], [-0.99, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert without_gain(np.array([-3.0, 2.0, 0.0]), spread) == pytest.approx([-1.02, 0.0, 0.0])
