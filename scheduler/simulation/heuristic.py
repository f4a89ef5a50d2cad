"""The plain heuristic a plan has to beat: busiest hours, best past price, best-rated captions."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scheduler.simulation.agency import Agency
from scheduler.simulation.captions import caption_key
from scheduler.simulation.clock import to_minute
from scheduler.simulation.reference import week_slots
from scheduler.simulation.truth import (
    BoolArray,
    FloatArray,
    IntArray,
    Sends,
    Truth,
    local_minute,
)

SPACING_HOURS = 3
PRICES = 3


@dataclass(frozen=True, slots=True)
class _Seen:
    """Priced messages of the last 90 days as the raw table shows them; n rows."""

    page: IntArray
    hour: IntArray
    price: FloatArray
    earnings: FloatArray
    weight: FloatArray


def seed_like_week(agency: Agency, week_start: int, count: int) -> Sends:
    """`count` messages for every page the way a spreadsheet would choose them.

    The hours with the largest sums of earnings, the prices with the largest mean earnings, the
    available captions with the best score that rested for 30 days, none on two pages. It is
    granted what each page can deliver.

    Args:
        agency: raw tables to choose from and the truth for names.
        week_start: UTC minute at which the week begins.
        count: messages per page; fewer come back when spacing or captions run out.
    """
    truth, seen = agency.truth, _read(agency)
    ranked = _ranked_texts(agency)
    free = np.ones(ranked.size, dtype=bool)
    parts: list[Sends] = []
    for page in np.flatnonzero(truth.pages.is_active).tolist():
        own = seen.page == page
        slots = _busy_slots(truth, page, week_start, count, seen, own)
        can = truth.pages.has_content[page, truth.captions.content[ranked]]
        picks = np.flatnonzero(free & can)[: slots.size]
        free[picks] = False
        slots = slots[: picks.size]
        price = _best_prices(seen, own)[np.arange(slots.size) % PRICES]
        parts.append(Sends(np.full(slots.size, page), slots, ranked[picks], price))
    return Sends(
        np.concatenate([part.page for part in parts]),
        np.concatenate([part.minute for part in parts]),
        np.concatenate([part.text for part in parts]),
        np.concatenate([part.price for part in parts]),
    )


def _read(agency: Agency) -> _Seen:
    """Rows with a time, a price and a plausible size, with decay weights."""
    truth, raw = agency.truth, agency.tables["mass_messages"]
    now = to_minute(truth.as_of)
    names = pc.utf8_lower(pc.utf8_trim_whitespace(raw["page_name"]))
    page = pc.index_in(names, pa.array(list(truth.pages.name)))
    text = pc.utf8_slice_codeunits(pc.fill_null(raw["sending_time"], "1970-01-01T00:00:00Z"), 0, 19)
    stamp = np.asarray(text).astype("datetime64[m]").astype(np.int64)
    columns = [
        np.asarray(pc.fill_null(pc.cast(raw[name], "float64"), -1.0))
        for name in ("price", "sent_count", "earnings")
    ]
    price, sent, earnings = columns
    in_window = (stamp < now) & (stamp >= now - 90 * 1440)
    kept = in_window & (price > 0) & (price <= 100) & (sent >= 100) & (earnings >= 0)
    rows = np.asarray(page).astype(np.int64)[kept]
    minute = stamp[kept]
    hour = local_minute(truth.pages, rows, minute) // 60 % 24
    weight = np.exp(-((now - minute) // 1440) / 30)
    return _Seen(rows, hour, price[kept], earnings[kept], weight)


def _busy_slots(
    truth: Truth,
    page: int,
    week_start: int,
    count: int,
    seen: _Seen,
    own: BoolArray,
) -> IntArray:
    """Slots day by day at the hours that earned most in sum, spaced."""
    worth = np.bincount(seen.hour[own], weights=(seen.weight * seen.earnings)[own], minlength=24)
    slots, hour, _ = week_slots(truth, page, week_start)
    chosen: list[int] = []
    for day in range(7):
        today = np.arange(24 * day, 24 * day + 24)
        wanted = (count * (day + 1)) // 7 - len(chosen)
        for slot in today[np.argsort(-worth[hour[today]], kind="stable")].tolist():
            if wanted > 0 and all(abs(slot - other) >= SPACING_HOURS for other in chosen):
                chosen.append(slot)
                wanted -= 1
    return slots[np.sort(np.array(chosen, dtype=np.int64))]


def _best_prices(seen: _Seen, own: BoolArray) -> FloatArray:
    """The prices, tried 5 times or more, with the largest mean earnings; shape (PRICES,)."""
    prices, index, tried = np.unique(seen.price[own], return_inverse=True, return_counts=True)
    if not prices.size:
        return np.full(PRICES, 15.0)
    mean = np.bincount(index, weights=seen.earnings[own]) / tried
    order = np.argsort(-np.where(tried >= 5, mean, mean / 1e6), kind="stable")
    best: FloatArray = np.resize(prices[order[:PRICES]], PRICES)
    return best


def _ranked_texts(agency: Agency) -> IntArray:
    """Texts of the bank that may be used, best score first, each once."""
    bank = agency.tables["caption_bank"]
    available = pc.equal(pc.utf8_lower(bank["usage_status"]), "available")
    level = pc.is_in(bank["validation_level"], pa.array(["medium", "high"]))
    rested = pc.fill_null(pc.greater(bank["days_since_last_use"], 30), True)
    usable = bank.filter(pc.and_(pc.and_(available, level), rested))
    score = np.asarray(pc.fill_null(usable["overall_performance_score"], 0.0))
    index = {key: place for place, key in enumerate(agency.truth.captions.key)}
    text = usable["caption_text"].to_pylist()
    places = [index.get(caption_key(one), -1) if one else -1 for one in text]
    order = np.argsort(-score, kind="stable")
    ranked = np.array(places, dtype=np.int64)[order]
    _, first = np.unique(ranked, return_index=True)
    ranked = ranked[np.sort(first)]
    return ranked[ranked >= 0]
