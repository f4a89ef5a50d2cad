"""What was never sent: contents of a page, whose taste is unknown, and captions, told by tier."""

import numpy as np
import pyarrow as pa
import pytest

from scheduler.response import ResponseModel, ResponseSettings, fit_response
from scheduler.response.read.draws import Offers, draw_deviations
from tests.scheduler.response.conftest import World, places, with_columns

CONTENTS = ("Feet", "Lingerie", "Shower", "Solo")
UNTRIED, TRIED = ("page3", "Solo"), ("page3", "Feet")
TASTE = 0.6  # log effect by which pages like a content more or less than others do


@pytest.fixture(scope="module")
def model(world: World) -> ResponseModel:
    """Pages with tastes of their own; one of them never sent one of the contents."""
    table = world.training
    random = np.random.default_rng(9)
    page = np.array(table.column("page_name").to_pylist())
    content = np.array(
        [CONTENTS[int(key[1:]) % 4] for key in table.column("caption_key").to_pylist()]
    )
    sign = {name: random.permutation([-1, -1, 1, 1]) for name in sorted(set(page))}
    taste = [sign[p][CONTENTS.index(c)] for p, c in zip(page, content, strict=True)]
    viewed, price = (table.column(n).to_numpy() for n in ("viewed_count", "price"))
    lucky = random.poisson(
        table.column("purchased_count").to_numpy() * np.exp(TASTE * np.array(taste))
    )
    bought = np.minimum(lucky, viewed).astype(float)
    told = with_columns(
        table, content_category_key=content, purchased_count=bought, earnings=bought * price
    )
    kept = told.filter(pa.array((page != UNTRIED[0]) | (content != UNTRIED[1])))
    return fit_response(kept, ResponseSettings())


def spread_of_content(model: ResponseModel, page: str, content: str) -> float:
    """Standard deviation of what the draws say of captions of a content in common."""
    untried = places(model, [f"none{i}" for i in range(200)])
    count = len(untried)
    offers = Offers(untried, [content] * count, np.full(count, np.nan), np.array([12.0]))
    draws = draw_deviations(model, page, offers, np.random.default_rng(1), 400)
    return float(draws.caption.mean(axis=1).std())


def test_captions_of_an_untried_content_may_all_sell_better_or_worse(model: ResponseModel) -> None:
    tried, untried = (spread_of_content(model, *which) for which in (TRIED, UNTRIED))
    assert untried > 2 * tried
    assert untried == pytest.approx(TASTE, rel=0.5)


def test_the_band_of_an_untried_content_holds_what_other_pages_tastes_are(
    model: ResponseModel,
) -> None:
    rows = model.curves().to_pylist()
    band = {
        (row["page_name"], row["x"]): np.log(row["high"] / row["low"])
        for row in rows
        if row["curve"] == "content"
    }
    assert band[UNTRIED] > 2 * band[TRIED]


def test_a_week_of_untried_contents_is_less_sure(model: ResponseModel) -> None:
    response = model.page_response(UNTRIED[0])
    variances = []
    for content in (TRIED[1], UNTRIED[1]):
        planned = response.planned(
            np.array([20]),
            np.array([3]),
            [content],
            places(response, ["none"]),
            np.array([12.0]),
            response.fatigue.usual[None],
            np.array([np.nan]),
        )
        variances.append(response.uncertainty.excess(planned)[0, 0])
    assert variances[1] > variances[0] + 0.5 * TASTE**2


@pytest.fixture(scope="module")
def filing(world: World) -> ResponseModel:
    """A bank whose dear captions are the better ones, sold at the prices of all others."""
    codes = [int(key[1:]) for key in world.training.column("caption_key").to_pylist()]
    dear = world.quality > np.median(world.quality)
    tier = np.where(dear[codes], "dear", "cheap")
    return fit_response(with_columns(world.training, caption_price_tier=tier), ResponseSettings())


def test_a_caption_never_sent_is_expected_to_sell_what_its_price_tier_does(
    filing: ResponseModel,
) -> None:
    tiers = ["cheap", "dear", "unheard of", None]
    untried = filing.shared.captions(["never"] * 4, tiers)
    cheap, dear, unknown, none = filing.shared.over_untried(untried)
    assert cheap < -0.1
    assert dear > 0.1
    assert unknown == none == 0.0
    assert filing.shared.captions(["k0001"], ["dear"]) == filing.shared.captions(["k0001"], [None])
    table = filing.untried_effects().to_pydict()
    assert table["price_tier"] == ["cheap", "dear"]
    assert table["log_effect"] == pytest.approx([cheap, dear], abs=1e-8)


def test_draws_of_a_caption_never_sent_lie_around_what_its_price_tier_sells(
    filing: ResponseModel,
) -> None:
    count = 400
    untried = filing.shared.captions(["never"] * count, ["dear"] * count)
    offers = Offers(untried, ["BG"] * count, np.full(count, np.nan), np.array([12.0]))
    drawn = draw_deviations(filing, "page3", offers, np.random.default_rng(2), 100).caption
    assert np.log(np.exp(drawn).mean()) == pytest.approx(0.0, abs=0.15)
