"""However many good things come together, only so many of the viewers buy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.response import ResponseModel
from scheduler.response.judge.saturation import judged_saturation, log_share
from scheduler.response.judge.skill import Judged

PAGES, PER_WEEK, VIEW_RATE, MEAN_RATE = 20, 60, 0.05, 0.01


@given(
    view_rate=st.floats(0.01, 1.0),
    share=st.floats(0.001, 0.9),
    saturation=st.floats(0.0, 4.0),
)
def test_more_good_things_sell_more_and_the_usual_ones_what_they_did(
    view_rate: float, share: float, saturation: float
) -> None:
    mean_rate = share * view_rate
    rates = mean_rate * np.array([0.1, 1.0, 3.0, 30.0, 3_000.0])
    found = rates * np.exp(log_share(rates, np.array(view_rate), np.array(mean_rate), saturation))
    assert found[1] == pytest.approx(mean_rate)
    assert (np.diff(found) >= 0.0).all()


def held_out(saturation: float) -> Judged:
    """Messages that sell what saturation leaves of their means, some of them near the views."""
    random = np.random.default_rng(3)
    page = np.repeat(np.arange(PAGES), PER_WEEK)
    rate = MEAN_RATE * random.lognormal(0.0, 0.9, len(page))
    sent = np.full(len(page), 4e3)
    view, mean = np.full(len(page), VIEW_RATE), np.full(len(page), MEAN_RATE)
    true = sent * rate * np.exp(log_share(rate, view, mean, saturation))
    level = random.lognormal(0.0, 0.2, PAGES)[page]
    bought = random.poisson(true * level * random.gamma(4.0, 0.25, len(page))).astype(float)
    flat = np.full(len(page), 1.0)
    return Judged(
        page=page, tier=page % 2, cell=page, sent=sent, worth=flat, purchases=bought,
        earnings=bought, mean=sent * rate, naive=flat, page_naive=flat, naive_mean=flat,
        page_naive_mean=flat, view_rate=view, mean_rate=mean,
    )  # fmt: skip


def test_held_out_messages_that_come_near_the_views_tell_how_hard_it_bites() -> None:
    assert judged_saturation(held_out(0.0), 0.25).mean < 0.5
    assert judged_saturation(held_out(3.0), 0.25).mean > 1.8


def test_what_saturates_is_worth_less_the_better_the_moment(model: ResponseModel) -> None:
    response = model.page_response("page1")
    price = np.array([15.0])
    usual = response.mean_rate * response.audience * price * response.dollar_ratio
    assert response.saturated(usual, price, 1.0) == pytest.approx(usual)
    poor, good = (response.saturated(5.0 * usual, price, moment) for moment in (0.5, 2.0))
    assert good < poor < 5.0 * usual
