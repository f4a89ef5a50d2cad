"""Draws from what the model does not know about a page's captions, contents and prices.

Everything else of a message (page, hour, weekday, fatigue) is common to what could be sent in its
place and is left out: a draw is a deviation from the posterior mean, on the log scale.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.response.basis import novelty_basis, price_basis
from scheduler.response.captions import GRID, PARTS, log_mean
from scheduler.response.curves import JITTER, term_columns
from scheduler.response.model import ResponseModel
from scheduler.response.rows import FloatArray, IntArray


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
    columns, captions, prices = _design(model, page_name, offers)
    spread = model.response.fitted.covariance[np.ix_(columns, columns)]
    root = np.linalg.cholesky(spread + JITTER * np.eye(len(columns)))
    draws = rng.standard_normal((count, len(columns))) @ root.T
    by_price = np.einsum("md,cpd->mcp", draws, prices)
    own = draws @ captions.T + _luck(model, offers, rng, count)
    return Deviations(own + _taste(model, page_name, offers.contents, rng, count), by_price)


def _taste(
    model: ResponseModel,
    page_name: str,
    contents: Sequence[str],
    rng: np.random.Generator,
    count: int,
) -> FloatArray:
    """(M, K) deviations by contents that the page never sent: captions of one share them."""
    names, place = np.unique(contents, return_inverse=True)
    stat, known = model.page_index(page_name).stat, model.labels.contents
    variance = [
        model.response.untried_variance(stat, known.index(name) if name in known else -1)
        for name in names.tolist()
    ]
    drawn: FloatArray = rng.standard_normal((count, len(names))) * np.sqrt(variance)
    return drawn[:, place]


def _luck(model: ResponseModel, offers: Offers, rng: np.random.Generator, count: int) -> FloatArray:
    """(M, K) deviations of the captions' own effects; one never sent is drawn from its tier's.

    The grid's multipliers stand for those around them.
    """
    effects = model.response.fitted.captions
    place = np.array(offers.places, dtype=np.int64)
    size, captions = (count, len(place)), len(model.labels.captions)
    chance = rng.random(size)
    part = rng.integers(0, PARTS, size)
    found: FloatArray = effects.parts[np.minimum(place, captions - 1), part]
    found = found - np.append(effects.log_effect, effects.unsent_effect())[place]
    for tier, share in enumerate(effects.unsent):
        own = place == captions + tier
        total = np.cumsum(share)
        drawn = np.searchsorted(total, chance[:, own] * total[-1], side="right")
        found[:, own] = GRID[np.minimum(drawn, len(GRID) - 1)] - log_mean(share)
    step = GRID[1] - GRID[0]
    return np.asarray(found + step * (rng.random(size) - 0.5))


def _design(
    model: ResponseModel, page_name: str, offers: Offers
) -> tuple[IntArray, FloatArray, FloatArray]:
    """The coefficients that matter and how they enter: (d,), (K, d), (C, P, d)."""
    names = sorted(set(offers.contents))
    of_content = np.array([names.index(name) for name in offers.contents], dtype=np.int64)
    centre = model.page_response(page_name).price_centre
    priced = price_basis(offers.prices, np.array(centre))
    columns: list[IntArray] = []
    captions: list[FloatArray] = []
    prices: list[FloatArray] = []
    for column, by_caption, by_content, width in _terms(model, page_name, offers, names):
        columns.append(column)
        size = len(column)
        basis = np.zeros((len(offers.places), size)) if by_caption is None else by_caption
        captions.append(basis if by_content is None or width else by_content[of_content])
        shared = np.zeros((len(names), len(offers.prices), size))
        if width and by_content is not None:
            shared = by_content[:, None, :] * priced[None, :, :width]
        prices.append(shared)
    return np.concatenate(columns), np.hstack(captions), np.concatenate(prices, axis=2)


def _terms(
    model: ResponseModel, page_name: str, offers: Offers, names: Sequence[str]
) -> Iterator[tuple[IntArray, FloatArray | None, FloatArray | None, int]]:
    """Columns, their basis by caption (K, w), their loading by content (C, w), width of price.

    A term on price has a width; it loads on contents and prices, the others on captions.
    """
    response, labels = model.response, model.labels
    page = model.page_index(page_name)
    for index, name in enumerate(names):
        only = np.zeros((len(names), 1))
        only[index] = 1.0
        if name not in labels.contents:
            continue
        code = labels.contents.index(name)
        yield term_columns(response, "one", "content", code, 1), None, only, 0
        yield term_columns(response, "price", "content", code, 1), None, only, 1
        pair = int(response.layout.pair[page.stat, code])
        if pair >= 0:
            yield term_columns(response, "one", "page_content", pair, 1), None, only, 0
    every = np.ones((len(names), 2))
    yield term_columns(response, "price", "pool", 0, 2), None, every, 2
    if page.group >= 0:
        yield term_columns(response, "price", "page", page.group, 2), None, every, 2
    yield term_columns(response, "novelty", "pool", 0, 3), novelty_basis(offers.days_since), None, 0
