"""Views tell what sales are too few to tell, and nothing where sales do not come from them."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from scheduler.response.fit.dispersion import page_dispersion
from scheduler.response.fit.views import luck_of_views
from scheduler.response.read.predict import Response
from tests.scheduler.response.conftest import HOUR_PEAK, VIEW_RATE, World, fitted, with_columns


def with_views(world: World, viewed: np.ndarray) -> pa.Table:
    """The world's messages with other views."""
    return with_columns(world.training, viewed_count=viewed)


def caption_error(response: Response, world: World) -> float:
    """Root mean square error of the captions' effects."""
    return float((response.fitted.captions.log_effect - world.quality).std())


@pytest.fixture(scope="module")
def blind(world: World) -> Response:
    """The response of an agency that does not know its views."""
    return fitted(with_views(world, np.full(world.training.num_rows, np.nan)))


def test_given_its_views_a_message_tells_more_of_its_caption(world: World, blind: Response) -> None:
    seeing = fitted(world.training)
    assert len(seeing.parts) == 2
    assert len(blind.parts) == 1
    assert caption_error(seeing, world) < 0.9 * caption_error(blind, world)
    assert seeing.parts[1].dispersion < 0.6 * blind.parts[0].dispersion


def test_an_hour_at_which_more_look_is_an_hour_at_which_more_buy(world: World) -> None:
    sent, hour = (world.training.column(n).to_numpy() for n in ("sent_count", "local_hour"))
    wave = np.exp(0.8 * np.cos((hour - HOUR_PEAK) * 2 * np.pi / 24)) / 1.17
    bought = world.training.column("purchased_count").to_numpy()
    few = np.random.default_rng(8).random(len(sent)) < 0.05
    viewed = np.maximum(np.round(sent * VIEW_RATE / 2 * wave), bought)
    response = fitted(with_views(world, viewed).filter(pa.array(few)))
    views, total = response.parts[0], response.block("hour", "pool")[0]
    assert len(response.parts) == 2
    assert np.hypot(*total[:2]) > 0.5
    of_views = views.coefficients.block(response.layout, "hour", "pool")[0, :2]
    assert of_views == pytest.approx(total[:2], abs=0.35)


@pytest.mark.parametrize("kind", ["follow from sales", "are luck"])
def test_views_that_sales_do_not_come_from_are_left_out(
    world: World, blind: Response, kind: str
) -> None:
    sent, bought = (world.training.column(n).to_numpy() for n in ("sent_count", "purchased_count"))
    mood = np.random.default_rng(3).gamma(1, 1, len(sent))
    luck = np.clip(np.round(sent * VIEW_RATE * mood), bought, sent)
    of_sales = np.minimum(sent // 10 + 20 * bought, sent)
    response = fitted(with_views(world, of_sales if kind == "follow from sales" else luck))
    assert len(response.parts) == 1
    assert caption_error(response, world) == pytest.approx(caption_error(blind, world), rel=0.05)


def test_a_message_whose_views_are_missing_is_learned_from_all_the_same(world: World) -> None:
    viewed = world.training.column("viewed_count").to_numpy().astype(float)
    page = np.array(world.training.column("page_name").to_pylist())
    response = fitted(with_views(world, np.where(page == "page2", np.nan, viewed)))
    assert len(response.parts) == 2
    level = response.layout.place("level", "page")
    assert level is not None
    rates = response.fitted.coefficients.own[:, level.start]
    assert rates[1] < rates[2] < rates[3]


def test_a_page_s_dispersion_is_its_own_where_it_tells_and_the_agency_s_where_it_does_not() -> None:
    random = np.random.default_rng(4)
    page = np.repeat([0, 1, 2], [2_000, 2_000, 40])
    mean = np.where(page == 2, 0.01, 30.0)
    spread = np.array([0.1, 2.0, 1.0])[page]
    counts = random.poisson(mean * random.gamma(1 / spread, spread)).astype(float)
    found = page_dispersion(page, counts, mean, np.ones(len(page)), 0.7, 4)
    assert found[:2] == pytest.approx([0.1, 2.0], rel=0.15)
    assert found[2:] == pytest.approx([0.7, 0.7], rel=0.02)


def test_what_sales_gain_on_average_by_the_luck_of_views(world: World) -> None:
    response = fitted(world.training)
    views, conversion = response.parts

    def luck_at(power: float) -> float:
        shared = conversion.coefficients.shared.copy()
        place = response.layout.place("excess views", "pool")
        assert place is not None
        shared[place.start] = power - 1.0
        coefficients = replace(conversion.coefficients, shared=shared)
        changed = replace(conversion, coefficients=coefficients)
        return float(luck_of_views(views, changed, response.layout)[-1])

    shape = 1 / views.dispersion
    drawn = np.random.default_rng(1).gamma(shape, 1 / shape, 400_000)
    assert luck_at(1.0) == pytest.approx(0.0, abs=1e-12)
    assert luck_at(0.5) == pytest.approx(np.log(np.mean(np.sqrt(drawn))), abs=0.01)
