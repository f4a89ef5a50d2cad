"""Locked messages: they stand whatever the plan, and count in all of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scheduler.marts.inputs import AgencyInputs
from scheduler.planning.caption_prices import DAYPARTS
from scheduler.planning.projection import caption_places
from scheduler.planning.promised import Kept
from scheduler.planning.week_fatigue import Gone
from scheduler.response import PageResponse
from scheduler.response.rows import FloatArray
from scheduler.solver import FixedMessage

Ints = NDArray[np.int64]

_OF_CANDIDATES = ("last_used_at", "caption_sends")
_MINUTE = 60_000_000


@dataclass(frozen=True)
class Moments:
    """Fatigue where kept messages stand.

    Attributes:
        fatigue: of the page's slots, (S, W, D) see `PageProblem`.
        slot: the slot nearest to each message.
        usual: see `usual_moment`.
    """

    fatigue: FloatArray
    slot: Ints
    usual: float


def kept_message(row: Mapping[str, Any]) -> Kept:
    """A row of `read_active`, its caption named as in `caption_candidates`.

    A caption that the bank has lost is of no category and no tier: little is known of it.
    """
    return {
        **row,
        "caption_key": row["bank_caption_key"] or row["own_caption_key"],
        "content_category": row["bank_content_category"] or row["content_category"],
        "content_category_key": row["bank_content_category_key"] or "unknown",
        "content_type": row["bank_content_type"] or row["content_type"],
        "content_class": row["bank_content_class"],
        "price_tier": row["bank_price_tier"],
        "energy": row["bank_energy"] or "neutral",
    }


def with_place(kept: Sequence[Kept], inputs: AgencyInputs, page: str) -> tuple[Kept, ...]:
    """Kept messages of a page as `PageProblem` orders them, each as a candidate at a slot is.

    Of a caption that is no candidate (any more) it is not known when the page last sent it.
    """
    if not kept:
        return ()
    slots = {(r["local_date"], r["local_hour"]): r for r in inputs.slots[page].to_pylist()}
    candidates = inputs.candidates.get(page)
    keys = {row["caption_key"] for row in kept}
    known = {} if candidates is None else rows_by_key(candidates, keys)
    found = []
    for row in kept:
        slot = slots[row["local_date"], row["local_hour"]]
        candidate = known.get(row["caption_key"], {})
        used = {name: candidate.get(name) for name in _OF_CANDIDATES}
        suits = _energy_factor(row, slot["daypart"], inputs)
        found.append({**slot, **row, **used, "energy_factor": suits})
    return tuple(sorted(found, key=lambda row: (minute(row), row["caption_key"])))


def rows_by_key(captions: pa.Table, keys: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Caption_key -> row of `caption_candidates`, of these keys; a page has thousands of others."""
    place = captions.column("caption_key").to_pylist()
    found = [i for i, key in enumerate(place) if key in keys]
    rows = captions.take(pa.array(found, pa.int64())).to_pylist()
    return {row["caption_key"]: row for row in rows}


def minute(row: Mapping[str, Any]) -> int:
    """UTC minutes since 1970."""
    return int(np.datetime64(row["send_at"], "us").astype(np.int64)) // _MINUTE


def over(kept: Sequence[Kept], inputs: AgencyInputs, page: str) -> Gone:
    """Those of a page's kept messages whose time is over."""
    begins = minute(inputs.slots[page].slice(0, 1).to_pylist()[0])
    gone = [row for row in kept if row["send_at"] <= inputs.settings.as_of]
    unseen = [minute(row) for row in gone if not row.get("was_sent")]
    return Gone(begins, [row["local_date"] for row in gone], unseen)


def nearest_slots(kept: Sequence[Kept], slot_time: Ints) -> Ints:
    """The plannable slot nearest to each message; of two, the earlier."""
    times = np.array([minute(row) for row in kept], dtype=np.int64)
    nearest: Ints = np.abs(slot_time[None, :] - times[:, None]).argmin(axis=1)
    return nearest


def fixed_messages(
    kept: Sequence[Kept],
    inputs: AgencyInputs,
    response: PageResponse,
    moments: Moments,
    codes: Ints,
    prime_hours: Sequence[int],
) -> tuple[FixedMessage, ...]:
    """Kept messages in the solver's terms, in the order given.

    Args:
        kept: see `with_place`.
        inputs: the marts' rows.
        response: their page's.
        moments: where they stand.
        codes: category number of each message.
        prime_hours: the page's.
    """
    values = _values(kept, inputs, response, moments.usual)
    return tuple(
        FixedMessage(
            time=minute(row),
            day=_day(row["local_date"], inputs.week),
            daypart=DAYPARTS.index(row["daypart"]),
            is_prime=row["local_hour"] in prime_hours,
            is_weekend=bool(row["is_weekend"]),
            caption_key=row["caption_key"],
            price=float(row["price"]),
            category=int(codes[index]),
            is_explicit=row["content_class"] == "explicit",
            value=float(values[index]),
            choice_weight=float(row["day_multiplier"] * row["holiday_factor"])
            * row["energy_factor"],
            fatigue=moments.fatigue[moments.slot[index]],
        )
        for index, row in enumerate(kept)
    )


def _day(day: date, week: date) -> int:
    return (day - week).days


def _energy_factor(row: Kept, daypart: str, inputs: AgencyInputs) -> float:
    suits = inputs.energy_profiles.get(daypart, frozenset()) | {"neutral"}
    is_free = not inputs.settings.enable_energy_matching or row["energy"] in suits
    return 1.0 if is_free else inputs.settings.energy_mismatch_factor


def _values(
    kept: Sequence[Kept], inputs: AgencyInputs, response: PageResponse, moment: float
) -> FloatArray:
    """Dollars of each at its hour, caption and price, without fatigue: as a candidate's there."""
    keys = [row["content_category_key"] for row in kept]
    prices = np.array([row["price"] for row in kept], dtype=np.float64)
    asked = [
        response.log_price(key, prices[index : index + 1])[0] for index, key in enumerate(keys)
    ]
    log_dollars = (
        np.log(response.audience)
        + response.log_base
        + response.content(keys)
        + response.caption(caption_places(response, kept), _days_since_use(kept, inputs))
        + np.array(asked, dtype=np.float64)
        + np.log(prices)
    )
    hours = np.array([row["local_hour"] for row in kept], dtype=np.int64)
    weekdays = np.array([row["iso_weekday"] for row in kept], dtype=np.int64)
    dollars = response.saturated(np.exp(log_dollars), prices, moment)
    factor: FloatArray = np.exp(response.hour[hours] + response.weekday[weekdays])
    return dollars * factor


def _days_since_use(kept: Sequence[Kept], inputs: AgencyInputs) -> FloatArray:
    """From a caption's last use to the planned week, as of candidates; NaN when never."""
    start = datetime.combine(inputs.week, datetime.min.time())
    return (
        np.array(
            [
                np.nan if (last := row["last_used_at"]) is None else (start - last).total_seconds()
                for row in kept
            ],
            dtype=np.float64,
        )
        / 86_400.0
    )
