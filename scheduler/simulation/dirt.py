"""The dirt of real tables, planted and counted, never in the truth."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from scheduler.simulation.captions import respell
from scheduler.simulation.content_types import VAULT_COLUMNS
from scheduler.simulation.truth import FloatArray, IntArray, PageTruth, Truth

ROW_DIRT: Final[dict[str, float]] = {
    "purchases_above_views": 0.0066,
    "views_above_sent": 0.0066,
    "negative_earnings": 0.0022,
    "negative_sent": 0.0022,
    "zero_sent": 0.0022,
    "small_sent": 0.0088,
    "null_sent": 0.0033,
    "null_viewed": 0.0033,
    "null_purchased": 0.0033,
    "null_earnings": 0.0033,
    "null_message": 0.0033,
    "missing_time": 0.0066,
    "future_time": 0.0044,
    "price_out_of_range": 0.0022,
}
"""Share of a page's rows that have each fault, on a page of usual care; a row has one at most."""

REPEAT_DIRT: Final[dict[str, float]] = {"duplicated_row": 0.010, "repeated_row_id": 0.004}

_FAULTS: Final[dict[str, tuple[str, str, float]]] = {
    "negative_earnings": ("earnings", "negative", 0.0),
    "negative_sent": ("sent_count", "negative", 0.0),
    "zero_sent": ("sent_count", "value", 0.0),
    "null_sent": ("sent_count", "value", np.nan),
    "null_viewed": ("viewed_count", "value", np.nan),
    "null_purchased": ("purchased_count", "value", np.nan),
    "null_earnings": ("earnings", "value", np.nan),
    "price_out_of_range": ("price", "value", 999.0),
}
"""Faults that change one number: which column, how, and to what."""

NUMBERS: Final = ("price", "sent_count", "viewed_count", "purchased_count", "earnings")

Columns = dict[str, Any]


def soil_messages(
    rng: np.random.Generator, truth: Truth, columns: Columns
) -> tuple[pa.Table, dict[str, int]]:
    """The raw mass messages, in time order, and the count of each kind of dirt.

    Args:
        rng: source of randomness.
        truth: pages and captions behind the rows.
        columns: clean columns of n messages: row_id, page, text, minute, price, sent_count,
            viewed_count, purchased_count, earnings.
    """
    pages, page = truth.pages, columns["page"]
    care = np.clip(np.exp(rng.normal(0, 0.5, len(pages.name))), 0.3, 2.5)
    care[rng.permutation(len(pages.name))[: len(pages.name) // 12]] = 5.0
    kind = _row_kinds(rng, care[page])
    dirty = {name: np.array(columns[name], dtype=np.float64) for name in NUMBERS}
    _spoil_numbers(rng, dirty, kind)
    free = np.isnan(dirty["price"]) & (rng.random(page.size) < 0.08)
    dirty["price"][free] = 0.0
    names, name_count = _page_names(rng, pages, page)
    text, text_count = _messages(rng, truth, columns["text"], kind)
    order = np.argsort(columns["minute"], kind="stable")
    table = pa.table({
        "row_id": pa.array(columns["row_id"]),
        "page_name": pa.array(names, pa.string()),
        "message": pa.array(text, pa.string()),
        "sending_time": pa.array(_times(rng, columns["minute"], kind), pa.string()),
        "price": pa.array(dirty["price"], from_pandas=True),
        "sent_count": pa.array(dirty["sent_count"], from_pandas=True).cast("int64"),
        "viewed_count": pa.array(dirty["viewed_count"], from_pandas=True).cast("int64"),
        "purchased_count": pa.array(dirty["purchased_count"], from_pandas=True),
        "earnings": pa.array(dirty["earnings"], from_pandas=True),
        "message_type": pa.array(_types(rng, dirty["price"]), pa.string()),
    }).take(pa.array(order))  # fmt: skip
    table, repeats = _repeat(rng, table, care[page][order])
    kinds = {name: int((kind == index).sum()) for index, name in enumerate(ROW_DIRT)}
    null_price = {"null_price": table["price"].null_count, "zero_price": int(free.sum())}
    return table, kinds | repeats | null_price | name_count | text_count


def _row_kinds(rng: np.random.Generator, care: FloatArray) -> IntArray:
    """Which fault each row has, -1 for none; every fault occurs at least once."""
    edges = np.cumsum(list(ROW_DIRT.values()))
    kind = np.searchsorted(edges, rng.random(care.size) / care)
    kind = np.where(kind == edges.size, -1, kind)
    sure = rng.permutation(care.size)[: edges.size]
    kind[sure] = np.arange(sure.size)
    return kind.astype(np.int64)


def _spoil_numbers(rng: np.random.Generator, dirty: Columns, kind: IntArray) -> None:
    """Plant the numeric faults, in place."""
    names = list(ROW_DIRT)
    for name, (column, how, value) in _FAULTS.items():
        rows = kind == names.index(name)
        changed = -dirty[column] - 1 if how == "negative" else value
        dirty[column] = np.where(rows, changed, dirty[column])
    extra = rng.integers(1, 6, kind.size)
    more = kind == names.index("purchases_above_views")
    dirty["purchased_count"] = np.where(
        more, dirty["viewed_count"] + extra, dirty["purchased_count"]
    )
    above = kind == names.index("views_above_sent")
    dirty["viewed_count"] = np.where(above, dirty["sent_count"] + extra, dirty["viewed_count"])
    # A test send to a handful of people.
    few = kind == names.index("small_sent")
    dirty["sent_count"] = np.where(few, rng.integers(1, 50, kind.size), dirty["sent_count"])
    dirty["viewed_count"] = np.where(few, dirty["sent_count"] // 3, dirty["viewed_count"])
    dirty["purchased_count"] = np.where(few, 0, dirty["purchased_count"])
    dirty["earnings"] = np.where(few, 0, dirty["earnings"])


def _page_names(
    rng: np.random.Generator, pages: PageTruth, page: IntArray
) -> tuple[list[str], dict[str, int]]:
    """Page names, a few in other case or with spaces."""
    style = np.where(rng.random(page.size) < 0.010, rng.integers(0, 4, page.size), -1)
    style[rng.permutation(page.size)[:4]] = np.arange(min(4, page.size))
    spelled = [(n.upper(), n.title(), f" {n}", f"{n}  ", n) for n in pages.name]
    names = [spelled[one][how] for one, how in zip(page.tolist(), style.tolist(), strict=True)]
    spaced = int((style >= 2).sum())
    return names, {"page_name_case": int((style >= 0).sum()) - spaced, "page_name_space": spaced}


def _messages(
    rng: np.random.Generator, truth: Truth, text: IntArray, kind: IntArray
) -> tuple[list[str | None], dict[str, int]]:
    """Message texts, some respelled on the way from the bank, a few missing."""
    style = np.where(rng.random(text.size) < 0.05, rng.integers(0, 4, text.size), -1)
    lost = kind == list(ROW_DIRT).index("null_message")
    style[lost] = -1
    texts = truth.captions.text
    result = [
        None if gone else respell(texts[one], how) if how >= 0 else texts[one]
        for one, how, gone in zip(text.tolist(), style.tolist(), lost.tolist(), strict=True)
    ]
    return result, {"message_respelled": int((style >= 0).sum())}


def _times(rng: np.random.Generator, minute: IntArray, kind: IntArray) -> list[str | None]:
    """ISO UTC times, a few missing, a few after the end of the history."""
    names = list(ROW_DIRT)
    future = kind == names.index("future_time")
    shifted = np.where(future, minute.max() + rng.integers(60, 60 * 24 * 30, minute.size), minute)
    stamps = np.datetime_as_string(shifted.astype("datetime64[m]"), unit="s")
    missing = (kind == names.index("missing_time")).tolist()
    return [None if gone else f"{stamp}Z" for stamp, gone in zip(stamps, missing, strict=True)]


def _types(rng: np.random.Generator, price: FloatArray) -> list[str | None]:
    """What the sending tool calls the message."""
    chance = rng.random(price.size)
    return [
        None if odd < 0.04 else "ppv" if paid else "bump" if odd < 0.5 else "mass"
        for paid, odd in zip((price > 0).tolist(), chance.tolist(), strict=True)
    ]


def _repeat(
    rng: np.random.Generator, table: pa.Table, care: FloatArray
) -> tuple[pa.Table, dict[str, int]]:
    """Repeat whole rows, and row ids with other figures, right after the first of each."""
    count = table.num_rows
    chance = rng.random(count) / care
    twice = np.flatnonzero(chance < REPEAT_DIRT["duplicated_row"])
    twice = twice if twice.size else np.array([count // 2])
    again = np.flatnonzero(chance > 1 / care - REPEAT_DIRT["repeated_row_id"])
    again = again if again.size else np.array([count // 3])
    rows = np.concatenate([np.arange(count), twice, again])
    changed = np.concatenate(
        [np.zeros(count + twice.size, dtype=bool), np.ones(again.size, dtype=bool)]
    )
    place = np.argsort(rows, kind="stable")
    longer = table.take(pa.array(rows[place]))
    views = longer["viewed_count"].to_pandas().to_numpy(dtype=np.float64, na_value=np.nan)
    fewer = np.where(changed[place], np.floor(views * 0.9), views)
    index = longer.schema.get_field_index("viewed_count")
    later = longer.set_column(
        index, "viewed_count", pa.array(fewer, from_pandas=True).cast("int64")
    )
    return later, {"duplicated_row": twice.size, "repeated_row_id": again.size}


def soil_vault(
    rng: np.random.Generator, pages: PageTruth, vaultless: str, columns: int
) -> tuple[pa.Table, dict[str, int]]:
    """One row per page but one, NULL where nobody ticked, and a row of a page that has left.

    Args:
        rng: source of randomness.
        pages: P pages.
        vaultless: page without a row; empty for none, and then no page has left either.
        columns: content types.
    """
    kept = [index for index, name in enumerate(pages.name) if name != vaultless]
    names = [pages.name[index] for index in kept]
    cells = pages.has_content[kept, :columns]
    if vaultless:
        names.append(f"retired{pages.name[0]}")
        cells = np.vstack([cells, rng.random((1, columns)) < 0.5])
    unticked = ~cells & (rng.random(cells.shape) < 0.05)
    unticked[np.unravel_index(np.argmin(cells), cells.shape)] = not cells.all()
    odd = rng.permutation(len(names))[: max(len(names) // 20, 1)]
    for index in odd.tolist():
        names[index] = names[index].title()
    data: Mapping[str, pa.Array] = {
        "page_name": pa.array(names, pa.string()),
        **{
            name: pa.array(cells[:, index], mask=unticked[:, index])
            for index, name in enumerate(VAULT_COLUMNS[:columns])
        },
    }
    return pa.table(dict(data)), {
        "vault_null_cell": int(unticked.sum()),
        "vault_page_case": odd.size,
    }


def soil_creators(rng: np.random.Generator, pages: PageTruth) -> tuple[pa.Table, dict[str, int]]:
    """One row per page; a missing and a misspelled time zone, where the default is right."""
    zones: list[str | None] = list(pages.timezone)
    default = [i for i, zone in enumerate(zones) if zone == "America/Los_Angeles"]
    order = rng.permutation(default)
    for index, wrong in zip(order.tolist(), (None, "Pacific Time"), strict=False):
        zones[index] = wrong
    active = np.flatnonzero(pages.is_active)
    unknown = np.isin(np.arange(len(zones)), rng.permutation(active)[:1])
    table = pa.table({
        "page_name": pa.array(list(pages.name), pa.string()),
        "timezone": pa.array(zones, pa.string()),
        "platform": pa.array(["onlyfans"] * len(zones), pa.string()),
        "is_active": pa.array(pages.is_active, mask=unknown),
    })  # fmt: skip
    return table, {"creator_bad_timezone": min(len(default), 2), "creator_null_active": 1}
