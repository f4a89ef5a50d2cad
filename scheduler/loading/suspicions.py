"""What a file of the right form can still get wrong: told when it is loaded, and not refused."""

import re
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scheduler.loading.contract import ACTIVE_CREATORS, MASS_MESSAGES, RawTable
from scheduler.loading.problems import listed, shown
from scheduler.loading.zones import default_zone, known_zone, zone_key

# A page's files are named after it, with a suffix, in at most 255 bytes.
_NAME_BYTES = 120
_UNFIT = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\u2028\u2029]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|\.+)", re.IGNORECASE)
# Exchanged dates lie outside the others by more than this, and are this many at least.
_MARGIN_DAYS = 31
_EXCHANGED_AT_LEAST = 5
_NAMES_SHOWN = 5


def unfit_name(name: str) -> str | None:
    """Why no file can be named after a page; None when one can."""
    bare = name.strip()
    if len(bare.encode()) > _NAME_BYTES:
        return f"is {len(bare)} characters long: a page's name has at most {_NAME_BYTES} bytes"
    if found := _UNFIT.search(bare):
        return f"has {shown(found.group())}, which no file name can have"
    if _RESERVED.fullmatch(bare):
        return "is a name that systems keep for themselves"
    return None


def suspicions(table: RawTable, rows: pa.Table, now: datetime) -> Iterator[str]:
    """Lines for what is unusual in the typed rows of one file."""
    if table is MASS_MESSAGES and rows.num_rows:
        yield from _empty_columns(table, rows)
        yield from _times(rows["sending_time"].combine_chunks(), now)
    if table is ACTIVE_CREATORS and "timezone" in rows.column_names:
        yield from _zones(rows)


def empty_columns(table: RawTable, rows: pa.Table) -> list[str]:
    """The contract's columns without one value, in a file with rows."""
    names = [c.name for c in table.columns if c.name in rows.column_names and c.name != "row_id"]
    return [name for name in names if rows.num_rows and rows[name].null_count == rows.num_rows]


def _empty_columns(table: RawTable, rows: pa.Table) -> Iterator[str]:
    if empty := empty_columns(table, rows):
        names = f"column{'' if len(empty) == 1 else 's'} {listed(empty)}"
        yield f"WARNING {names} {'is' if len(empty) == 1 else 'are'} empty throughout"


def _times(sent: pa.Array, now: datetime) -> Iterator[str]:
    ahead = pc.sum(pc.greater(sent, pa.scalar(now, sent.type))).as_py() or 0
    if ahead:
        yield f"WARNING {_rows(ahead)} with a time that has not come: they count as rejected"
    exchanged, example = _exchanged(sent)
    if exchanged >= _EXCHANGED_AT_LEAST and exchanged * 50 > len(sent):
        yield (
            f"WARNING day and month may be exchanged in {_rows(exchanged)}: {example:%Y-%m-%d} lies"
            f" far from the dates that can only be read one way, {example:%Y-%d-%m} among them."
            " Export again with dates like 2026-03-05"
        )


def _exchanged(sent: pa.Array) -> tuple[int, datetime]:
    """How many dates would lie among the others with day and month exchanged, and do not now.

    A day above 12 can only be a day, so these dates say when the file's messages were sent.
    """
    dates = sent.drop_null()
    days, months = (np.asarray(f(dates), np.int64) for f in (pc.day, pc.month))
    at = np.asarray(dates).astype("datetime64[D]")
    sure = at[days > 12]
    never = datetime(1970, 1, 1)
    if not len(sure):
        return 0, never
    margin = np.timedelta64(_MARGIN_DAYS, "D")
    low, high = sure.min() - margin, sure.max() + margin
    years = np.asarray(pc.year(dates), np.int64) - 1970
    other = (years * 12 + np.minimum(days, 12) - 1).astype("datetime64[M]").astype(
        "datetime64[D]"
    ) + (months - 1)
    is_out = (at < low) | (at > high)
    is_exchanged = (days <= 12) & (days != months) & is_out & (other >= low) & (other <= high)
    if not is_exchanged.any():
        return 0, never
    return int(is_exchanged.sum()), at[is_exchanged][0].astype(datetime)


def _zones(rows: pa.Table) -> Iterator[str]:
    """Which page gives a zone that is not known, and which word was read as which zone."""
    read: dict[str, str] = {}
    unknown: dict[str, list[str]] = {}
    for page, word in zip(rows["page_name"].to_pylist(), rows["timezone"].to_pylist(), strict=True):
        if not (word or "").strip():
            continue
        zone = known_zone(word)
        if zone is None:
            unknown.setdefault(word.strip(), []).append(page or "(no name)")
        elif zone_key(zone) != zone_key(word):
            read[word.strip()] = zone
    for word, pages in unknown.items():
        more = f" and {len(pages) - _NAMES_SHOWN} more" if len(pages) > _NAMES_SHOWN else ""
        names = listed(pages[:_NAMES_SHOWN]) if not more else ", ".join(pages[:_NAMES_SHOWN])
        yield (
            f"WARNING time zone {shown(word)} of {names}{more} is not known: {default_zone()} is"
            " used instead. Name it as in America/New_York"
        )
    if read:
        said = [f"{shown(word)} as {zone}" for word, zone in list(read.items())[:_NAMES_SHOWN]]
        yield f"time zones read: {listed(said)}"


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
