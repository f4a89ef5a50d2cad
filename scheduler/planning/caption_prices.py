"""A page's free captions, each at its best price, and the prices a page may ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scheduler.errors import SchedulerError
from scheduler.marts.inputs import AgencyInputs
from scheduler.planning.gate import empty_pool
from scheduler.planning.promised import Promised
from scheduler.response import PageResponse

DAYPARTS = ("morning", "afternoon", "evening", "night")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PricedCaptions:
    """A page's free captions with what each is worth, in order of `caption_key`.

    Attributes:
        captions: rows of `caption_candidates`.
        price: (K,) best price, dollars.
        value: (K,) expected dollars at reference hour and no fatigue, at that price.
        daypart_factor: (K, 4) 1 where the energy suits the time of day, else the mismatch factor.
    """

    captions: pa.Table
    price: Floats
    value: Floats
    daypart_factor: Floats


class NoCandidate(SchedulerError):
    """Every caption of a page fell to a filter."""


def priced_captions(
    page: str,
    inputs: AgencyInputs,
    response: PageResponse,
    promised: Promised,
    moment: float = 1.0,
) -> PricedCaptions:
    """The captions that are free for a page's week, each at its best price.

    Args:
        page: the page.
        inputs: the marts.
        response: of the page.
        promised: what active schedules bind.
        moment: usual factor of hour and fatigue in the week, at which buyers saturate.

    Raises:
        NoCandidate: none is left; the message says which filter cut how many.
    """
    rules = inputs.page_settings[page]
    captions = _free_captions(page, inputs, promised, int(rules["min_freshness_days"]))
    price, value = _best_price(page, inputs, response, captions, moment)
    return PricedCaptions(captions, price, value, _energy_match(inputs, captions))


def _free_captions(
    page: str, inputs: AgencyInputs, promised: Promised, freshness_days: int
) -> pa.Table:
    """Candidates not promised to another page this week, nor to this page in a week nearby."""
    candidates = inputs.candidates[page]
    reach = timedelta(days=freshness_days)
    nearby = {
        row["caption_key"]
        for row in promised.own.to_pylist()
        if inputs.week - reach < row["local_date"] < inputs.week + timedelta(days=7) + reach
    }
    keys = candidates.column("caption_key").to_pylist()
    unpromised = [key not in promised.taken for key in keys]
    free = [ok and key not in nearby for ok, key in zip(unpromised, keys, strict=True)]
    if not any(free):
        steps = [
            *inputs.filter_counts.get(page, ()),
            ("promised to another page", len(keys), sum(unpromised)),
            ("used in a week nearby", sum(unpromised), 0),
        ]
        raise NoCandidate(empty_pool(steps))
    return candidates.filter(pa.array(free, pa.bool_()))


def _best_price(
    page: str, inputs: AgencyInputs, response: PageResponse, captions: pa.Table, moment: float
) -> tuple[Floats, Floats]:
    """Each caption's best price and the dollars it then earns at reference hour and no fatigue.

    Without a term that joins price and slot, the best price depends on the caption alone.
    """
    points = proposable_prices(inputs.price_points, response, inputs.page_settings[page])
    content_keys = captions.column("content_category_key").to_pylist()
    names, content = np.unique(content_keys, return_inverse=True)
    log_price = np.array([response.log_price(str(key), points) for key in names]) + np.log(points)
    log_value = (
        np.log(response.audience)
        + response.log_base
        + response.content(content_keys)
        + response.caption(caption_places(response, captions), days_since_use(captions, inputs))
    )
    dollars = np.exp(log_value[:, None] + log_price[content])
    dollars = response.saturated(dollars, points[None, :], moment)
    best = dollars.argmax(axis=1)
    return points[best], dollars[np.arange(len(best)), best]


def proposable_prices(
    price_points: tuple[float, ...], response: PageResponse, rules: Mapping[str, float]
) -> Floats:
    """Price points inside the page's rule and its own history.

    Outside its own range a page's history says nothing about demand; where no point lies inside,
    the one nearest to the range stands.

    Raises:
        SchedulerError: no price point obeys the page's rule.
    """
    points = np.asarray(price_points, dtype=np.float64)
    allowed = points[(points >= rules["price_min"]) & (points <= rules["price_max"])]
    if allowed.size == 0:
        raise SchedulerError(
            f"No price point lies between {rules['price_min']:g} and {rules['price_max']:g}: "
            "mend the seed price_points or the page's price range."
        )
    known = allowed[(allowed >= response.price_low) & (allowed <= response.price_high)]
    if known.size:
        return np.asarray(known)
    middle = (response.price_low + response.price_high) / 2
    return allowed[[int(np.argmin(np.abs(allowed - middle)))]]


def explorable_prices(
    price_points: tuple[float, ...], response: PageResponse, rules: Mapping[str, float]
) -> Floats:
    """The proposable prices and the next point on either side that the page's rule allows.

    A page that only ever sends at the prices of its history never learns whether they are right.
    """
    points = np.asarray(price_points, dtype=np.float64)
    allowed = points[(points >= rules["price_min"]) & (points <= rules["price_max"])]
    known = proposable_prices(price_points, response, rules)
    first = int(np.searchsorted(allowed, known[0]))
    last = int(np.searchsorted(allowed, known[-1]))
    return np.asarray(allowed[max(first - 1, 0) : last + 2])


def caption_places(response: PageResponse, captions: pa.Table) -> list[int]:
    """Where the response keeps the figures of captions, see `Shared.captions`."""
    keys, tiers = (captions.column(name).to_pylist() for name in ("caption_key", "price_tier"))
    return response.shared.captions(keys, tiers)


def days_since_use(captions: pa.Table, inputs: AgencyInputs) -> Floats:
    """Days from a caption's last use on the page to the planned week; NaN when never used."""
    start = datetime.combine(inputs.week, datetime.min.time())
    return np.asarray(
        [
            np.nan if used is None else (start - used).total_seconds() / 86_400
            for used in captions.column("last_used_at").to_pylist()
        ]
    )


def _energy_match(inputs: AgencyInputs, captions: pa.Table) -> Floats:
    """1 where a caption's energy suits the time of day, else the mismatch factor. Shape (K, 4)."""
    energies = captions.column("energy").to_pylist()
    factor = np.ones((len(energies), len(DAYPARTS)))
    if not inputs.settings.enable_energy_matching:
        return factor
    for column, daypart in enumerate(DAYPARTS):
        suits = inputs.energy_profiles.get(daypart, frozenset()) | {"neutral"}
        mismatch = np.asarray([energy not in suits for energy in energies])
        factor[mismatch, column] = inputs.settings.energy_mismatch_factor
    return factor
