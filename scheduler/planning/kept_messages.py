"""Messages that stand whatever the plan: locked ones, and all of a week that is only valued."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.marts.inputs import AgencyInputs
from scheduler.planning.caption_prices import DAYPARTS
from scheduler.planning.promised import Kept
from scheduler.response import PageResponse
from scheduler.response.rows import FloatArray
from scheduler.solver import FixedMessage

Ints = NDArray[np.int64]

_MINUTE = 60_000_000


def kept_message(row: Mapping[str, Any]) -> Kept:
    """A row of `read_kept` or `read_with_captions`, its caption named as in `caption_candidates`.

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


def in_order(kept: Sequence[Kept]) -> tuple[Kept, ...]:
    """As `PageProblem` orders its fixed messages."""
    return tuple(sorted(kept, key=lambda row: (minute(row), row["caption_key"])))


def minute(row: Kept) -> int:
    """UTC minutes since 1970."""
    return int(np.datetime64(row["send_at"], "us").astype(np.int64)) // _MINUTE


def nearest_slots(kept: Sequence[Kept], slot_time: Ints) -> Ints:
    """The plannable slot nearest to each message; of two, the earlier."""
    times = np.array([minute(row) for row in kept], dtype=np.int64)
    nearest: Ints = np.abs(slot_time[None, :] - times[:, None]).argmin(axis=1)
    return nearest


def fixed_messages(
    kept: Sequence[Kept],
    inputs: AgencyInputs,
    page: str,
    response: PageResponse,
    table: tuple[FloatArray, Ints],
    codes: Ints,
    prime_hours: Sequence[int],
) -> tuple[FixedMessage, ...]:
    """Kept messages in the solver's terms, in the order given.

    Args:
        kept: see `kept_message`, in order.
        inputs: the marts' rows.
        page: their page.
        response: its response.
        table: fatigue of the page's slots, (S, W, D), and the nearest slot of each message.
        codes: category number of each message.
        prime_hours: the page's.
    """
    values = np.exp(_log_values(kept, inputs, page, response))
    slots = {(r["local_date"], r["local_hour"]): r for r in inputs.slots[page].to_pylist()}
    found = []
    for index, row in enumerate(kept):
        slot = slots[row["local_date"], row["local_hour"]]
        found.append(
            FixedMessage(
                time=minute(row),
                day=_day(row["local_date"], inputs.week),
                daypart=DAYPARTS.index(slot["daypart"]),
                is_prime=row["local_hour"] in prime_hours,
                is_weekend=bool(slot["is_weekend"]),
                caption_key=row["caption_key"],
                price=float(row["price"]),
                category=int(codes[index]),
                is_explicit=row["content_class"] == "explicit",
                value=float(values[index]),
                choice_weight=float(slot["day_multiplier"] * slot["holiday_factor"])
                * _energy_factor(row, slot["daypart"], inputs),
                fatigue=table[0][table[1][index]],
            )
        )
    return tuple(found)


def _day(day: date, week: date) -> int:
    return (day - week).days


def _energy_factor(row: Kept, daypart: str, inputs: AgencyInputs) -> float:
    suits = inputs.energy_profiles.get(daypart, frozenset()) | {"neutral"}
    is_free = not inputs.settings.enable_energy_matching or row["energy"] in suits
    return 1.0 if is_free else inputs.settings.energy_mismatch_factor


def _log_values(
    kept: Sequence[Kept], inputs: AgencyInputs, page: str, response: PageResponse
) -> FloatArray:
    """Log dollars of each at its hour, caption and price, without fatigue."""
    keys = [row["content_category_key"] for row in kept]
    places = response.shared.captions(
        [row["caption_key"] for row in kept], [row["price_tier"] for row in kept]
    )
    hours = np.array([row["local_hour"] for row in kept], dtype=np.int64)
    weekdays = np.array([row["iso_weekday"] for row in kept], dtype=np.int64)
    prices = np.array([row["price"] for row in kept], dtype=np.float64)
    asked = [
        float(response.log_price(key, prices[index : index + 1])[0])
        for index, key in enumerate(keys)
    ]
    dollars: FloatArray = (
        np.log(response.audience)
        + response.log_base
        + response.hour[hours]
        + response.weekday[weekdays]
        + response.content(keys)
        + response.caption(places, _days_since_use(kept, inputs, page))
        + np.array(asked)
        + np.log(prices)
    )
    return dollars


def _days_since_use(kept: Sequence[Kept], inputs: AgencyInputs, page: str) -> FloatArray:
    """As the candidates have it; NaN for a caption that is none (any more)."""
    candidates = inputs.candidates.get(page)
    if candidates is None:
        return np.full(len(kept), np.nan)
    rows = candidates.select(["caption_key", "last_used_at"]).to_pylist()
    used = {row["caption_key"]: row["last_used_at"] for row in rows}
    start = np.datetime64(inputs.week, "us")
    return np.array(
        [
            np.nan
            if (last := used.get(row["caption_key"])) is None
            else float((start - np.datetime64(last, "us")) / np.timedelta64(1, "D"))
            for row in kept
        ]
    )
