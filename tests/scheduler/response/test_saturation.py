"""However many good things come together, only so many of the viewers buy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.response import ResponseModel
from scheduler.response.read.saturation import log_share


@given(view_rate=st.floats(0.01, 1.0), share=st.floats(0.001, 0.9))
def test_more_good_things_sell_more_and_the_usual_ones_what_they_did(
    view_rate: float, share: float
) -> None:
    mean_rate = share * view_rate
    rates = mean_rate * np.array([0.1, 1.0, 3.0, 30.0, 3_000.0])
    found = rates * np.exp(log_share(rates, view_rate, mean_rate))
    assert found[1] == pytest.approx(mean_rate)
    assert (np.diff(found) >= 0.0).all()
    assert (found <= view_rate + mean_rate).all()


def test_what_saturates_is_worth_less_the_better_the_moment(model: ResponseModel) -> None:
    response = model.page_response("page1")
    price = np.array([15.0])
    usual = response.mean_rate * response.audience * price * response.dollar_ratio
    assert response.saturated(usual, price, 1.0) == pytest.approx(usual)
    poor, good = (response.saturated(5.0 * usual, price, moment) for moment in (0.5, 2.0))
    assert good < poor < 5.0 * usual
