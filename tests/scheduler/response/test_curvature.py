"""How fatigue curves is judged by the history, and weeks are planned with it."""

import numpy as np
import pyarrow as pa
import pytest

from scheduler.response.fit.curvature import GRID, UNKNOWN, on_grid
from scheduler.response.read.fatigue_of_week import FatigueCurve
from scheduler.response.terms.fatigue import felt_stock
from tests.scheduler.response.conftest import FATIGUE, VIEW_RATE, World, fitted, with_columns

FEW = 0.06
USUAL, SCALE = np.array([0.5, 5.0, 50.0]), np.array([0.4, 4.0, 30.0])


def curve(curvature: float, deviation: float = 0.3) -> FatigueCurve:
    """A page on which one message of long stock costs a hundredth."""
    hours = np.array([12.0, 48.0, 168.0])
    return FatigueCurve(np.array([-0.1, 0.0, -0.01]), hours, USUAL, SCALE, curvature, deviation)


def test_every_form_has_the_same_slope_at_the_usual_stock_and_tires_with_each_message() -> None:
    near = np.stack([USUAL * 0.999, USUAL * 1.001])
    slopes = [np.diff(curve(curvature).log_effect(near))[0] for curvature in GRID.tolist()]
    assert slopes == pytest.approx([slopes[0]] * len(GRID), rel=1e-4)
    stock = np.linspace(0.0, 10.0, 50)[:, None] * USUAL
    for curvature in GRID.tolist():
        assert (np.diff(curve(curvature).log_effect(stock)) < 0.0).all()


def test_full_curvature_is_a_hyperbola() -> None:
    stock = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 50.0], [0.0, 0.0, 200.0]])
    found = felt_stock(stock, USUAL, SCALE, 1.0)[:, 2]
    factor = np.exp(-found / (0.25 * SCALE[2] + USUAL[2]))
    assert factor * (0.25 * SCALE[2] + stock[:, 2]) == pytest.approx(
        np.full(3, factor[0] * 0.25 * SCALE[2])
    )


def test_curvature_promises_more_relief_and_its_deviation_grows_with_the_distance() -> None:
    half, tenth = USUAL * 0.5, USUAL * 0.1
    assert curve(1.0).log_effect(tenth) > curve(0.5).log_effect(tenth)
    assert curve(0.5).log_effect(tenth) > curve(0.0).log_effect(tenth)
    near, middle, far = curve(0.5).curved_more(np.stack([USUAL, half, tenth]))
    assert near == pytest.approx(0.0, abs=1e-12)
    assert 0.0 < middle < far
    doubled = curve(0.5, deviation=0.6).curved_more(tenth)
    assert doubled == pytest.approx(2.0 * far)


def test_a_history_that_tells_nothing_leaves_a_shape_open() -> None:
    grid = np.array([0.0, 1.0, 4.0])
    open_shape = on_grid(grid, np.full(3, -7.0))
    # Each value stands for what is nearest to it: an eighth, a half, three eighths of 0 to 4.
    assert open_shape.mean == pytest.approx(0.0 / 8 + 1.0 / 2 + 4.0 * 3 / 8)
    assert open_shape.deviation**2 == pytest.approx(1.0 / 2 + 16.0 * 3 / 8 - open_shape.mean**2)
    sure = on_grid(grid, np.array([-50.0, 0.0, -50.0]))
    assert sure.mean == pytest.approx(1.0)
    assert sure.deviation < 1e-6


def tiring(world: World, curvature: float) -> pa.Table:
    """The world's messages with ten times the fatigue, of this form, in their views."""
    names = ("sent_count", "send_stock_short", "send_stock_middle", "send_stock_long")
    sent, *stock = (world.training.column(name).to_numpy() for name in names)
    stocks, usual = np.stack(stock, axis=1), np.mean(stock, axis=1)
    felt = felt_stock(stocks, usual, usual, curvature) - usual
    rate = FEW * np.exp(-8.0 * felt @ np.array(FATIGUE) / 2.0)
    random = np.random.default_rng(2)
    noise = random.gamma(12, 1 / 12, len(sent))
    viewed = np.minimum(random.poisson(sent * rate * noise) + 1, sent)
    intent = world.expected / world.training.column("price").to_numpy() / sent / VIEW_RATE
    bought = np.minimum(random.poisson(viewed * np.minimum(intent, 1.0)), viewed).astype(float)
    price = world.training.column("price").to_numpy()
    return with_columns(
        world.training, viewed_count=viewed, purchased_count=bought, earnings=bought * price
    )


def test_history_tells_a_fatigue_that_levels_off_from_one_that_does_not(world: World) -> None:
    straight, hyperbolic = (
        fitted(tiring(world, curvature)).next_curvature for curvature in (0.0, 1.0)
    )
    assert straight.mean < 0.25
    assert hyperbolic.mean > 0.75
    assert max(straight.deviation, hyperbolic.deviation) < UNKNOWN.deviation
