"""Draws from the posterior: as wide as the model is wrong, and wide where little is known."""

import numpy as np

from scheduler.response import ResponseModel
from scheduler.response.read.draws import Deviations, Offers, draw_deviations
from tests.scheduler.response.conftest import CAPTIONS, ELASTICITY, World, places

PRICES = np.array([8.0, 12.0, 22.0])
KEYS = [*(f"k{i:04d}" for i in range(CAPTIONS)), "never sent"]


def draws_of(model: ResponseModel, page: str = "page3", seed: int = 0) -> Deviations:
    contents = ["Solo" if i % 3 == 0 else "BG" for i in range(len(KEYS))]
    offers = Offers(places(model, KEYS), contents, np.full(len(KEYS), np.nan), PRICES)
    return draw_deviations(model, page, offers, np.random.default_rng(seed), 400)


def test_the_truth_lies_about_as_far_off_as_the_draws_say(
    model: ResponseModel, world: World
) -> None:
    found = model.page_response("page3").caption(places(model, KEYS), None)[:CAPTIONS]
    spread = draws_of(model).caption[:, :CAPTIONS].std(axis=0)
    error = world.quality - found
    error = error - error.mean()
    assert 0.4 < np.sqrt(np.mean((error / spread) ** 2)) < 1.15


def test_a_caption_never_sent_is_the_most_uncertain(model: ResponseModel) -> None:
    spread = draws_of(model).caption.std(axis=0)
    assert spread[-1] > 2 * np.median(spread[:-1])


def test_the_price_response_is_drawn_around_the_truth(model: ResponseModel) -> None:
    price = draws_of(model).price
    assert price.shape == (400, 2, 3)
    response = model.page_response("page3")
    rise = np.log(PRICES[2] / PRICES[0])
    drawn = (response.log_price("BG", PRICES) + price[:, 0]) @ np.array([-1, 0, 1]) / rise
    assert np.quantile(drawn, 0.01) < ELASTICITY < np.quantile(drawn, 0.99)
    assert drawn.std() < 0.3


def test_a_page_never_seen_is_drawn_from_the_pool(model: ResponseModel) -> None:
    drawn = draws_of(model, page="nobody")
    assert drawn.caption.shape == (400, len(KEYS))
    assert drawn.price[:, :, 2].std() > 0


def test_one_seed_gives_one_set_of_draws(model: ResponseModel) -> None:
    first, second = draws_of(model), draws_of(model)
    assert np.array_equal(first.caption, second.caption)
    assert np.array_equal(first.price, second.price)
