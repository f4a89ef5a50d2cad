"""However many good things come together, only so many of the viewers buy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.response.ceiling import bounded_rate
from tests.scheduler.response.conftest import World, fitted, with_columns

FEW_VIEWS = 0.03


@given(
    view_rate=st.floats(0.01, 1.0),
    share=st.floats(0.001, 0.9),
    crowding=st.floats(0.0, 4.0),
)
def test_more_good_things_sell_more_but_never_more_than_views(
    view_rate: float, share: float, crowding: float
) -> None:
    mean_rate = share * view_rate
    rates = mean_rate * np.array([0.1, 1.0, 3.0, 30.0, 3_000.0])
    found = bounded_rate(rates, np.array(view_rate), np.array(mean_rate), crowding)
    assert found[1] == pytest.approx(mean_rate)
    assert (np.diff(found) >= 0.0).all()
    assert (found <= view_rate).all()


def test_without_crowding_effects_multiply_up_to_the_views() -> None:
    rates = np.array([0.001, 0.1, 5.0])
    found = bounded_rate(rates, np.array(0.3), np.array(0.01), 0.0)
    assert found == pytest.approx([0.001, 0.1, 0.3])


def test_a_page_whose_views_were_not_counted_keeps_its_usual_purchases() -> None:
    found = bounded_rate(np.array([0.01, 0.02]), np.array(0.001), np.array(0.02), 2.0)
    assert 0.0 < found[0] < found[1] == pytest.approx(0.02)


def crowding_of(world: World, ceiling: float) -> float:
    """What a fit finds where views are few, and buyers at most 1 / ceiling of the viewers."""
    random = np.random.default_rng(9)
    sent, price = (world.training.column(n).to_numpy() for n in ("sent_count", "price"))
    viewed = np.minimum(random.poisson(sent * FEW_VIEWS) + 1, sent)
    intent = world.expected / price / sent / FEW_VIEWS
    mean = viewed * intent / (1.0 + ceiling * intent)
    bought = np.minimum(random.poisson(mean * random.gamma(8, 1 / 8, len(sent))), viewed)
    table = with_columns(
        world.training,
        viewed_count=viewed,
        purchased_count=bought.astype(float),
        earnings=bought * price,
    )
    return fitted(table).fitted.crowding


def test_history_that_comes_near_the_ceiling_tells_where_it_lies(world: World) -> None:
    assert crowding_of(world, 0.0) < 0.9
    assert crowding_of(world, 2.0) == pytest.approx(2.0, abs=0.8)
