"""The response model finds a known truth, leaks nothing, and says how sure it is."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from scheduler.response import POOL, ResponseError, ResponseModel, ResponseSettings, fit_response
from scheduler.response.read.page import PageResponse
from scheduler.response.read.predict import expected_earnings
from scheduler.response.rows import read_rows
from scheduler.response.spec import code_hash
from tests.scheduler.response.conftest import (
    ELASTICITY,
    FATIGUE,
    HOUR_PEAK,
    PAGES,
    World,
    places,
)


def shuffled(table: pa.Table, names: tuple[str, ...], seed: int) -> pa.Table:
    """The same rows with some columns drawn from other rows, together."""
    order = np.random.default_rng(seed).permutation(table.num_rows)
    for name in names:
        column = table.column(name).take(pa.array(order))
        table = table.set_column(table.column_names.index(name), name, column)
    return table


def test_the_row_order_does_not_change_a_byte(world: World, model: ResponseModel) -> None:
    backwards = world.training.take(pa.array(np.arange(world.training.num_rows)[::-1].copy()))
    assert fit_response(backwards, ResponseSettings()).to_bytes() == model.to_bytes()


def test_a_model_reads_back_as_it_was_written(model: ResponseModel) -> None:
    again = ResponseModel.from_bytes(model.to_bytes())
    assert again.to_bytes() == model.to_bytes()
    assert again.curves().equals(model.curves())


def test_skill_is_found_where_there_is_some_and_is_nothing_on_shuffled_outcomes(
    world: World, model: ResponseModel
) -> None:
    assert model.skill.skill > 0.2
    luck = shuffled(world.training, ("purchased_count", "earnings", "sent_count"), 1)
    assert fit_response(luck, ResponseSettings()).skill.skill < 0.03


def test_a_message_s_own_outcomes_are_no_features(world: World, model: ResponseModel) -> None:
    outcomes = ("viewed_count", "purchased_count", "earnings")
    rows, _, _ = read_rows(world.training, ResponseSettings())
    other, _, _ = read_rows(shuffled(world.training, outcomes, 2), ResponseSettings())
    assert not np.array_equal(rows.viewed, other.viewed)
    found = expected_earnings(model.response, other)
    assert np.array_equal(found, expected_earnings(model.response, rows))


def test_the_best_hour_the_pages_and_the_price_response_are_found(model: ResponseModel) -> None:
    rates = []
    for number in range(PAGES):
        response = model.page_response(f"page{number}")
        assert (
            min(
                (response.hour.argmax() - HOUR_PEAK) % 24, (HOUR_PEAK - response.hour.argmax()) % 24
            )
            <= 2
        )
        prices = np.array([10.0, 15.0])
        slope = np.diff(response.log_price("Solo", prices))[0] / np.log(1.5)
        assert slope == pytest.approx(ELASTICITY, abs=0.45)
        rates.append(response.log_base)
    assert rates == sorted(rates)


def test_more_sends_never_raise_the_response(model: ResponseModel) -> None:
    response = model.page_response("page1")
    steady = response.fatigue.steady(np.arange(1.0, 100.0))
    assert (np.diff(steady, axis=0) > 0).all()
    for memory in range(3):
        alone = np.zeros_like(steady)
        alone[:, memory] = steady[:, memory]
        assert (np.diff(response.fatigue.log_effect(alone)) <= 0).all()


def covariance_at(
    response: PageResponse, tired: list[float], price: float = 12.0, key: str = "k0001"
) -> np.ndarray:
    """Of messages alike but for what was sent before them, in shares of the usual stock."""
    count = len(tired)
    planned = response.planned(
        np.full(count, 20),
        np.full(count, 3),
        ["BG"] * count,
        places(response, [key] * count),
        np.full(count, price),
        response.fatigue.usual * np.array(tired)[:, None],
        np.full(count, np.nan),
    )
    return response.uncertainty.excess(planned)


def test_intervals_widen_with_the_distance_from_what_history_shows(model: ResponseModel) -> None:
    response = model.page_response("page1")
    covariance = covariance_at(response, [1.0, 3.0, 5.0])
    assert covariance[0, 0] < covariance[1, 1] < covariance[2, 2]
    assert covariance[0, 0] < covariance_at(response, [1.0], price=40.0)[0, 0]
    assert covariance[0, 0] < covariance_at(response, [1.0], key="never sent")[0, 0]
    price = np.full(3, 15.0)
    low, high = response.interval(np.full(3, 900.0), price, covariance)
    assert (np.diff(low) <= 0).all()
    assert (np.diff(high) >= 0).all()
    near = response.week_interval(np.array([900.0, 500.0]), price[:2], np.zeros((2, 2)))
    wide = response.week_interval(np.array([900.0, 500.0]), price[:2], covariance[1:, 1:])
    assert wide[0] < near[0]
    assert wide[1] > near[1]


def test_what_is_off_for_all_messages_widens_a_week_more_than_what_is_off_for_each(
    model: ResponseModel,
) -> None:
    response = model.page_response("page1")
    dollars, price = np.full(10, 500.0), np.full(10, 15.0)
    alone = response.week_interval(dollars, price, 0.2 * np.eye(10))
    together = response.week_interval(dollars, price, np.full((10, 10), 0.2))
    assert together[0] < alone[0]
    assert together[1] > alone[1]


def test_the_usual_messages_of_a_page_vary_no_more_than_intervals_hold(
    world: World, model: ResponseModel
) -> None:
    table = world.training.to_pandas()
    rows = table[table["page_name"] == "page2"]
    response = model.page_response("page2")
    planned = response.planned(
        rows["local_hour"].to_numpy(),
        rows["iso_weekday"].to_numpy(),
        rows["content_category_key"].to_list(),
        places(response, rows["caption_key"].to_list()),
        rows["price"].to_numpy(),
        rows[["send_stock_short", "send_stock_middle", "send_stock_long"]].to_numpy(),
        rows["page_caption_days_since"].to_numpy(dtype=float),
    )
    # In this world every message is the first of its caption.
    planned = replace(planned, is_first=np.ones(len(rows)))
    found = response.uncertainty.excess(planned)
    weight = rows["weight"].to_numpy() / rows["weight"].sum()
    assert weight @ np.diag(found) == pytest.approx(0.0, abs=1e-3)
    assert weight @ (found - np.diag(np.diag(found))) @ weight == pytest.approx(0.0, abs=1e-3)


def test_relief_at_volumes_never_tried_is_the_true_one(model: ResponseModel) -> None:
    # Every page of the world loses the same per message of stock.
    for name in model.labels.pages:
        curve = model.page_response(name).fatigue
        low, high = curve.steady(np.array([5.0, 40.0]))
        true = (high - low) @ np.array(FATIGUE)
        assert curve.log_effect(low) - curve.log_effect(high) == pytest.approx(true, rel=0.25)


def test_good_captions_are_told_from_bad_ones_and_unknown_ones_are_average(
    world: World, model: ResponseModel
) -> None:
    response = model.page_response("page2")
    table = world.training.to_pandas().assign(expected=world.expected)
    table["per_send"] = table["expected"] / table["sent_count"]
    truth = table.groupby("caption_key")["per_send"].mean()
    found = response.caption(places(model, list(truth.index)), None)
    assert np.corrcoef(np.log(truth), found)[0, 1] > 0.6
    assert response.caption(places(model, ["never seen"]), None)[0] == pytest.approx(0.0, abs=1e-9)


def test_first_messages_that_sell_less_hold_no_known_caption_down(world: World) -> None:
    random = np.random.default_rng(8)
    table = world.training.to_pandas()
    # Each caption's messages become pairs: a first one, and one of a text that is known by then.
    order = table.sort_values(["caption_key", "days_ago"], ascending=[True, False]).index
    place = table.loc[order].groupby("caption_key").cumcount()
    keys = table.loc[order, "caption_key"] + "-" + (place // 2).astype(str)
    table["caption_key"], table["caption_sends_before"] = keys, place % 2
    is_first = table["caption_sends_before"].to_numpy() == 0
    bought = table["purchased_count"].to_numpy().astype(int)
    bought = np.where(is_first, random.binomial(bought, 0.7), bought)
    table["purchased_count"], table["earnings"] = bought, bought * table["price"]
    training = pa.Table.from_pandas(table, preserve_index=False)
    model = fit_response(training, ResponseSettings())
    page, pair = model.page_response("page2"), places(model, ["k0001-0", "never seen"])
    known, never = page.caption(pair, None)
    assert never == pytest.approx(np.log(0.7), abs=0.15)
    rows, _, _ = read_rows(training, ResponseSettings())
    for which, share in ((is_first, 0.7), (~is_first, 1.0)):
        found = expected_earnings(model.response, rows.take(which)).sum()
        assert found == pytest.approx(share * world.expected[which].sum(), rel=0.06)
    effects = dict(zip(*model.caption_effects().to_pydict().values(), strict=True))
    assert effects["k0001-0"] == pytest.approx(known - never)
    assert page.shared.over_untried(pair) == pytest.approx([known - never, 0.0])


def test_an_unknown_page_leans_on_the_pool_and_the_pool_has_curves(model: ResponseModel) -> None:
    response = model.page_response("nobody")
    assert not response.has_history
    assert response.audience > 0
    assert np.isfinite(response.log_base)
    kinds = {row["curve"] for row in model.curves().to_pylist() if row["page_name"] == POOL}
    assert kinds == {
        "hour",
        "weekday",
        "price",
        "optimal_price",
        "content",
        "volume",
        "optimal_volume",
    }


def test_intervals_hold_their_share_of_new_messages(world: World, model: ResponseModel) -> None:
    table = world.training.to_pandas()
    inside = []
    for number in range(PAGES):
        rows = table[table["page_name"] == f"page{number}"]
        response = model.page_response(f"page{number}")
        expected = world.expected[rows.index]
        none = np.zeros((len(expected), len(expected)))
        low, high = response.interval(expected, rows["price"].to_numpy(), none)
        earned = rows["earnings"].to_numpy()
        inside.append(((earned >= low - 1e-9) & (earned <= high + 1e-9)).mean())
    assert 0.72 <= np.mean(inside) <= 0.95


def test_curves_are_as_wide_as_the_settings_say(world: World, model: ResponseModel) -> None:
    wide = replace(model, settings=ResponseSettings(interval_coverage=0.95)).curves().to_pylist()
    usual = model.curves().to_pylist()
    for before, after in zip(usual, wide, strict=True):
        if before["curve"] in ("hour", "weekday", "content"):
            assert after["low"] < before["low"] < before["high"] < after["high"]
        else:
            assert after["low"] <= before["low"] <= before["high"] <= after["high"]


def test_another_source_has_another_hash() -> None:
    assert len(code_hash()) == 64
    assert ResponseSettings(without=("novelty",)) != ResponseSettings()


def test_averages_only_knows_no_hours_captions_or_prices(model: ResponseModel) -> None:
    flat = model.page_response("page3").averages_only()
    assert np.ptp(flat.hour) == 0
    assert flat.price_low == flat.price_high
    assert flat.caption(places(flat, ["k0001", "k0002"]), None).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("values", [{"skill_origins": 0}, {"interval_coverage": 0.0}])
def test_a_setting_out_of_range_is_refused_in_one_line(values: dict[str, object]) -> None:
    with pytest.raises(ResponseError):
        ResponseSettings(**values)  # type: ignore[arg-type]


def test_too_little_history_is_refused_and_says_so(world: World) -> None:
    with pytest.raises(ResponseError):
        fit_response(world.training.slice(0, 20), ResponseSettings())
