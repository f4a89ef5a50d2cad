"""The curves of volume and price: one body for the marts, for the training and for the planner."""

import inspect

import numpy as np
import pandas as pd
import pytest
import yaml

from scheduler.response import ResponseModel
from scheduler.response.read.curves import python_model
from scheduler.response.terms.price import KNOTS, SPAN
from tests.scheduler.project.files import ROOT

SATURATION, PRICE = python_model("saturation"), python_model("price_response")


def draws(*pages: str, count: int = 1, **columns: object) -> pd.DataFrame:
    """Draws of pages that are all alike but for the columns given."""
    fatigue = {f"fatigue_{memory}": 0.0 for memory in SATURATION.MEMORIES}
    hours = dict(zip((f"hours_{m}" for m in SATURATION.MEMORIES), (12.0, 48.0, 168.0), strict=True))
    price = {"price_centre": np.log(10.0), "price_low": 5.0, "price_high": 20.0}
    shape = {"price_linear": 0.0, "tail": 0.1, **{f"price_above_{i}": 0.0 for i in (1, 2, 3)}}
    usual = {**fatigue, **hours, "typical_revenue": 10.0, "largest_volume": 20, **price, **shape}
    keys = {"page_name": np.repeat(pages, count), "draw": np.tile(np.arange(count), len(pages))}
    return pd.DataFrame({**keys, **usual, **columns})


def volumes_of(frame: pd.DataFrame) -> pd.DataFrame:
    found = SATURATION.weekly_revenue(frame, SATURATION.volumes())
    return found.sort_values(["page_name", "weekly_volume"]).set_index("weekly_volume")


def prices_of(frame: pd.DataFrame) -> pd.DataFrame:
    return PRICE.price_index(frame, PRICE.steps()).sort_values("price").set_index("price")


def test_without_fatigue_each_message_adds_the_same_and_the_largest_volume_is_best() -> None:
    found = volumes_of(draws("a"))
    assert found["weekly_revenue"].to_list() == pytest.approx([10.0 * v for v in range(2, 21)])
    assert found.index[found["is_best"]].to_list() == [20]


def test_a_page_with_one_draw_is_sure_of_itself() -> None:
    for found, name in ((volumes_of(draws("a")), "revenue"), (prices_of(draws("a")), "index")):
        estimate = found[f"{'weekly_revenue' if name == 'revenue' else 'revenue_index'}"]
        assert (found[f"{name}_low"] == estimate).all()
        assert (found[f"{name}_high"] == estimate).all()
        assert found["best_share"].to_list() == found["is_best"].astype(float).to_list()


def test_of_equal_volumes_and_prices_the_smaller_is_best() -> None:
    nothing = volumes_of(draws("a", typical_revenue=0.0))
    assert nothing.index[nothing["is_best"]].to_list() == [2]
    # purchases fall as fast as the price rises: every price earns the same
    flat = prices_of(draws("a", price_linear=-1.0))
    assert flat.index[flat["is_best"]].to_list() == [5.0]


def test_a_narrow_range_has_each_price_once_in_whole_cents() -> None:
    found = prices_of(draws("a", price_low=9.99, price_high=10.02))
    assert found.index.to_list() == [9.99, 10.0, 10.01, 10.02]


def test_eight_of_ten_draws_lie_inside_the_interval_and_shares_count_draws() -> None:
    # draw n of eleven earns n + 5 dollars a message; five of them tire at once, six never do
    earns = np.arange(11.0) + 5.0
    tired = np.where(np.arange(11) % 2 == 1, -5.0, 0.0)
    found = volumes_of(draws("a", count=11, typical_revenue=earns, fatigue_long=tired))
    two = volumes_of(draws("a", count=11, typical_revenue=earns)).loc[2]
    assert (two["weekly_revenue"], two["revenue_low"], two["revenue_high"]) == (10.0, 10.0, 30.0)
    assert found["best_share"].loc[[2, 20]].to_list() == pytest.approx([5 / 11, 6 / 11])
    assert found[["best_volume_low", "best_volume_high"]].iloc[0].to_list() == [2, 20]


def test_pages_do_not_touch_each_other() -> None:
    both = draws("a", "b", count=2, typical_revenue=[1.0, 2.0, 30.0, 40.0])
    alone = volumes_of(both[both["page_name"] == "b"])
    together = volumes_of(both)
    pd.testing.assert_frame_equal(together[together["page_name"] == "b"], alone)


def test_before_the_first_training_there_are_no_rows_and_all_columns() -> None:
    nobody = draws("a").iloc[:0]
    for model, found in (
        (SATURATION, SATURATION.weekly_revenue(nobody, SATURATION.volumes())),
        (PRICE, PRICE.price_index(nobody, PRICE.steps())),
    ):
        typed = found.astype(model.TYPES)
        assert len(typed) == 0
        assert {
            name: str(kind).removesuffix("[pyarrow]") for name, kind in typed.dtypes.items()
        } == {name: kind.removesuffix("[pyarrow]") for name, kind in model.TYPES.items()}


def test_the_columns_are_those_promised_and_what_both_need_is_the_same_text() -> None:
    kinds = {"string": "string[pyarrow]", "int64": "Int64", "bool": "boolean"}
    for name, model in (("saturation", SATURATION), ("price_response", PRICE)):
        text = (ROOT / "models" / "marts" / f"{name}.yml").read_text(encoding="utf-8")
        columns = yaml.safe_load(text)["models"][0]["columns"]
        promised = {c["name"]: kinds.get(c["data_type"], "Float64") for c in columns}
        assert promised == model.TYPES
    for name in ("summary", "interval"):
        assert inspect.getsource(getattr(SATURATION, name)) == inspect.getsource(
            getattr(PRICE, name)
        )


def test_the_curve_of_volumes_is_the_one_that_weeks_are_planned_with(model: ResponseModel) -> None:
    frame = model.draws().to_pandas()
    found = volumes_of(frame)
    for name in (*model.labels.pages, "nobody"):
        curve = model.page_response(name).fatigue
        own = found[found["page_name"] == (name if name != "nobody" else "(pool)")]
        volume = own.index.to_numpy(dtype=float)
        planned = volume * np.exp(curve.log_effect(curve.steady(volume)))
        ratio = own["weekly_revenue"].to_numpy() / planned
        assert ratio == pytest.approx(np.full(len(ratio), ratio[0]), rel=1e-6)


def test_the_curve_of_prices_is_the_one_that_weeks_are_planned_with(model: ResponseModel) -> None:
    found = PRICE.price_index(model.draws().to_pandas(), PRICE.steps())
    for name in model.labels.pages:
        response = model.page_response(name)
        own = found[found["page_name"] == name]
        price = own["price"].to_numpy()
        # the pool's and the page's part: a content adds a slope of its own
        effect = response.log_price("no such content", price) + np.log(price)
        planned = np.exp(effect - response.price_centre)
        assert own["revenue_index"].to_numpy() == pytest.approx(planned, rel=1e-6)


def test_prices_far_from_the_page_s_own_tell_nothing_more() -> None:
    assert PRICE.PRICE_SPAN == SPAN
    assert PRICE.KNOTS == KNOTS
    found = prices_of(draws("a", price_low=2.0, price_high=45.0, price_linear=-1.0))
    gap = np.log(found.index.to_numpy() / 10.0)
    effect = gap - np.clip(gap, -SPAN, SPAN)
    assert found["revenue_index"].to_numpy() == pytest.approx(np.exp(effect), rel=1e-9)


def test_the_training_writes_what_the_marts_show(model: ResponseModel) -> None:
    written = model.curves().to_pandas()
    frame = model.draws().to_pandas()
    for curve, x, estimate, found in (
        ("volume", "weekly_volume", "weekly_revenue", volumes_of(frame).reset_index()),
        ("price", "price", "revenue_index", prices_of(frame).reset_index()),
    ):
        rows = written[written["curve"] == curve].sort_values(["page_name", "x_value"])
        shown = found.sort_values(["page_name", x])
        assert rows["x_value"].to_list() == shown[x].to_list()
        assert rows["estimate"].to_list() == shown[estimate].to_list()
        assert rows["best_share"].to_list() == shown["best_share"].to_list()
        best = written[written["curve"] == f"optimal_{curve}"]
        assert best.set_index("page_name")["estimate"].to_dict() == (
            shown[shown["is_best"]].set_index("page_name")[x].to_dict()
        )
