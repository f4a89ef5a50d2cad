"""Draws from what the model does not know about a page's captions, contents and prices.

Everything else of a message (page, hour, weekday, fatigue) is common to what could be sent in its
place and is left out: a draw is a deviation from the posterior mean, on the log scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.response.design import Design
from scheduler.response.fit.captions import GRID, QUANTILES, log_mean
from scheduler.response.model import ResponseModel
from scheduler.response.read.uncertainty import hypothetical
from scheduler.response.rows import MEMORIES, FloatArray, IntArray, Rows


@dataclass(frozen=True, eq=False)
class Offers:
    """What a page could send.

    Attributes:
        places: (K,) of the captions, see `Shared.captions`.
        contents: K content_category_keys.
        days_since: (K,) days since the page last sent each, NaN when never.
        prices: (P,) dollars.
    """

    places: Sequence[int]
    contents: Sequence[str]
    days_since: FloatArray
    prices: FloatArray


@dataclass(frozen=True, eq=False)
class Deviations:
    """M draws. `caption`: (M, K) of each caption with its content. `price`: (M, C, P).

    The C contents are those of the offers, in alphabetical order.
    """

    caption: FloatArray
    price: FloatArray


def draw_deviations(
    model: ResponseModel,
    page_name: str,
    offers: Offers,
    rng: np.random.Generator,
    count: int,
) -> Deviations:
    """`count` draws from the posterior of what sets the offers apart.

    Args:
        model: the response model.
        page_name: the page; one never seen gets the pool's uncertainty.
        offers: what it could send.
        rng: source of randomness.
        count: M.
    """
    response, page = model.response, model.page_index(page_name).stat
    names = sorted(set(offers.contents))
    captions = _messages(model, page, offers)
    priced = _priced(model, page, names, offers.prices)
    own = _luck(model, offers, rng, count)
    by_price = np.zeros((count, len(names) * len(offers.prices)))
    for one in response.fitted.posteriors:
        shared, of_page = one.draws(page, rng, count)
        own += shared @ captions.shared.T + of_page @ captions.own.T
        by_price += shared @ priced.shared.T + of_page @ priced.own.T
    return Deviations(own, by_price.reshape(count, len(names), len(offers.prices)))


def _luck(model: ResponseModel, offers: Offers, rng: np.random.Generator, count: int) -> FloatArray:
    """(M, K) deviations of the captions' own effects; one never sent is drawn from its tier's.

    The grid's multipliers stand for those around them.
    """
    effects = model.response.fitted.captions
    place = np.array(offers.places, dtype=np.int64)
    size, captions = (count, len(place)), len(model.labels.captions)
    chance = rng.random(size)
    part = rng.integers(0, QUANTILES, size)
    found: FloatArray = effects.quantiles[np.minimum(place, captions - 1), part]
    found = found - np.append(effects.log_effect, effects.unsent_effect())[place]
    for tier, share in enumerate(effects.unsent):
        own = place == captions + tier
        total = np.cumsum(share)
        drawn = np.searchsorted(total, chance[:, own] * total[-1], side="right")
        found[:, own] = GRID[np.minimum(drawn, len(GRID) - 1)] - log_mean(share)
    step = GRID[1] - GRID[0]
    return np.asarray(found + step * (rng.random(size) - 0.5))


def _messages(model: ResponseModel, page: int, offers: Offers) -> Design:
    """What the offers' contents and their rest add to a message."""
    codes = {key: code for code, key in enumerate(model.labels.contents)}
    content = [codes.get(key, len(codes)) for key in offers.contents]
    known = _rows(model, page, np.array(content, dtype=np.int64), offers.days_since)
    parts = [model.response.design(known, only) for only in ("content", "novelty")]
    shared, own = (
        sum((getattr(part, name) for part in parts), np.zeros(1)) for name in ("shared", "own")
    )
    return Design(shared, own, parts[0].page)


def _priced(model: ResponseModel, page: int, names: Sequence[str], prices: FloatArray) -> Design:
    """What each price adds to a message of each content."""
    codes = {key: code for code, key in enumerate(model.labels.contents)}
    content = np.repeat([codes.get(key, len(codes)) for key in names], len(prices))
    asked = np.tile(prices, len(names))
    never = np.full(len(asked), np.nan)
    return model.response.design(_rows(model, page, content, never, asked), "price")


def _rows(
    model: ResponseModel,
    page: int,
    content: IntArray,
    since: FloatArray,
    price: FloatArray | None = None,
) -> Rows:
    count, zero = len(content), np.zeros(len(content), dtype=np.int64)
    usual = np.full(count, float(np.exp(model.response.stats.log_price[page])))
    asked, stock = usual if price is None else price, np.zeros((count, MEMORIES))
    at = content, asked, stock, since, np.zeros(count)
    return hypothetical(model.response, page, zero, zero + 1, *at)
