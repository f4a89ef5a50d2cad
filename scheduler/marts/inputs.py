"""Step 2: the marts, each read once for all pages, as Arrow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import Settings
from scheduler.numeric import rounded_table
from scheduler.response.rows import STOCK_COLUMNS
from scheduler.warehouse.base import MARTS, Warehouse, read

TRAINING_COLUMNS = (
    "message_key", "page_name", "sent_at", "local_date", "local_hour", "iso_weekday", "days_ago",
    "weight", "price", "sent_count", "viewed_count", "purchased_count", "earnings",
    "content_category_key", "content_class", "caption_key", "caption_price_tier",
    "caption_sends_before", "page_caption_days_since", *STOCK_COLUMNS, "creator_tier",
)  # fmt: skip
TIER_COLUMNS = ("page_name", "days_ago", "creator_tier")
CANDIDATE_COLUMNS = (
    "page_name", "caption_id", "caption_key", "caption_text", "content_category",
    "content_category_key", "content_type", "content_class", "energy", "price_tier",
    "caption_sends", "last_used_at",
)  # fmt: skip
CAPTION_COLUMNS = (
    "caption_id", "caption_key", "caption_text", "content_category", "content_type", "price_tier",
)  # fmt: skip
"""What is the same for every page that may send a caption."""
_RESTRICTED = (
    "(restricted_from is not null or restricted_until is not null)"
    " and coalesce(restricted_from <= $last_day, true)"
    " and coalesce(restricted_until >= $first_day, true)"
)
SLOT_COLUMNS = (
    "page_name", "week_start", "slot_index", "send_at", "local_at", "local_date", "local_hour",
    "iso_weekday", "daypart", "is_weekend", "day_multiplier", "holiday_name", "holiday_factor",
    "weekend_share_cap", "day_share_cap", "has_evidence", "is_blackout", *STOCK_COLUMNS,
)  # fmt: skip


@dataclass(frozen=True)
class AgencyInputs:
    """Everything the fit and the solver need of the marts, split by page where it has pages.

    Attributes:
        training: the training table, in order of `message_key`.
        slots: page -> the planned week's slots in time order.
        candidates: page -> caption candidates in order of `caption_key`.
        page_settings: page -> effective thresholds.
        energy_profiles: daypart -> energies that suit it.
        price_points: dollars, ascending.
        filter_counts: page -> (filter, rows before, rows after) in filter order.
    """

    settings: Settings
    week: date
    training: pa.Table
    slots: Mapping[str, pa.Table]
    candidates: Mapping[str, pa.Table]
    page_settings: Mapping[str, Mapping[str, float]]
    energy_profiles: Mapping[str, frozenset[str]]
    price_points: tuple[float, ...]
    filter_counts: Mapping[str, tuple[tuple[str, int, int], ...]] = field(default_factory=dict)


def read_training(warehouse: Warehouse) -> pa.Table:
    """The training table in key order, floats to 9 significant digits."""
    return rounded_table(
        read(warehouse, f"{MARTS}.training_messages", TRAINING_COLUMNS, ["message_key"])
    )


def read_replay(warehouse: Warehouse) -> tuple[pa.Table, pa.Table]:
    """The history that can be replayed, and every page's tier by day, both in key order."""
    dated = ("weight", "creator_tier")
    columns = [name for name in TRAINING_COLUMNS if name not in dated]
    messages = read(warehouse, f"{MARTS}.replay_messages", columns, ["message_key"])
    tiers = read(warehouse, f"{MARTS}.creator_tiers", TIER_COLUMNS, ["page_name", "days_ago"])
    return rounded_table(messages), tiers


def read_inputs(
    warehouse: Warehouse, settings: Settings, week: date, training: pa.Table
) -> AgencyInputs:
    """Read what a week needs beside the training table.

    Raises:
        SchedulerError: the marts have no slots for the week.
    """
    slots = read_slots(warehouse, week)
    if slots.num_rows == 0:
        raise SchedulerError(
            f"The marts hold no slots for the week of {week}. Run `scheduler build`."
        )
    return AgencyInputs(
        settings=settings,
        week=week,
        training=training,
        slots=by_page(rounded_table(slots)),
        candidates=read_candidates(warehouse, week),
        page_settings=read_page_settings(warehouse, week),
        energy_profiles=read_energy_profiles(warehouse),
        price_points=read_price_points(warehouse),
        filter_counts=read_filter_counts(warehouse, week),
    )


def read_slots(warehouse: Warehouse, week: date) -> pa.Table:
    """Every page's hours of a week, in order of page and time."""
    return warehouse.query(
        f"select {', '.join(SLOT_COLUMNS)} from {MARTS}.schedule_slots"  # noqa: S608
        " where week_start = $week order by page_name, send_at",
        {"week": week},
    )


def read_candidates(warehouse: Warehouse, week: date) -> dict[str, pa.Table]:
    """Page -> its allowed captions of a week, in order of `caption_key`.

    What a restriction of some days refuses is left out of the weeks that these touch.

    What all pages share is read once per caption: a text for each page that may send it would be
    most of a run's bytes.

    Raises:
        SchedulerError: the marts are not all of one build.
    """
    own = [name for name in CANDIDATE_COLUMNS if name not in CAPTION_COLUMNS[1:]]
    table = warehouse.query(
        f"select {', '.join(own)} from {MARTS}.caption_candidates"  # noqa: S608
        f" where not ({_RESTRICTED}) order by page_name, caption_id",
        _days(week),
    )
    captions = warehouse.query(
        f"select {', '.join(CAPTION_COLUMNS)} from {MARTS}.caption_history"  # noqa: S608
        " where valid_to is null order by caption_id"
    )
    ids = (rows.column("caption_id").cast(pa.int64()) for rows in (table, captions))
    place = pc.index_in(next(ids), next(ids).combine_chunks())
    if place.null_count:
        raise SchedulerError(
            "The marts hold candidates that are not in caption_history. Run `scheduler build`."
        )
    for name in CAPTION_COLUMNS[1:]:
        table = table.append_column(name, captions.column(name).take(place))
    order = [("page_name", "ascending"), ("caption_key", "ascending")]
    return by_page(rounded_table(table.select(CANDIDATE_COLUMNS).sort_by(order)))


def _days(week: date) -> dict[str, date]:
    return {"first_day": week, "last_day": week + timedelta(days=6)}


def read_page_settings(warehouse: Warehouse, week: date) -> dict[str, dict[str, float]]:
    """Page -> effective thresholds of a week by name."""
    rows = warehouse.query(
        f"select * from {MARTS}.creator_settings"  # noqa: S608
        " where coalesce(valid_from <= $week, true) and coalesce(valid_until >= $week, true)"
        " order by page_name",
        {"week": week},
    ).drop_columns(["valid_from", "valid_until"])
    return {row.pop("page_name"): row for row in rows.to_pylist()}


def read_energy_profiles(warehouse: Warehouse) -> dict[str, frozenset[str]]:
    """Daypart -> the caption energies that suit it."""
    rows = read(warehouse, f"{MARTS}.energy_profiles", ["daypart", "energy"], ["daypart", "energy"])
    profiles: dict[str, set[str]] = {}
    for row in rows.to_pylist():
        profiles.setdefault(row["daypart"], set()).add(row["energy"])
    return {daypart: frozenset(energies) for daypart, energies in profiles.items()}


def read_price_points(warehouse: Warehouse) -> tuple[float, ...]:
    """The prices that may be proposed, dollars, ascending."""
    rows = read(warehouse, f"{MARTS}.price_points", ["price"], ["price"])
    return tuple(float(price) for price in rows.column("price").to_pylist())


def read_pages(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """Page -> whether it is active: `is_active`."""
    rows = read(warehouse, f"{MARTS}.creators", ["page_name", "is_active"], ["page_name"])
    return {row["page_name"]: row for row in rows.to_pylist()}


def read_creators(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """Page -> its row of the mart `creators`, floats to 9 significant digits."""
    rows = warehouse.query(f"select * from {MARTS}.creators order by page_name")  # noqa: S608
    return {row["page_name"]: row for row in rounded_table(rows).to_pylist()}


def read_live_schedules(warehouse: Warehouse) -> pa.Table:
    """Messages of active schedules: what other weeks and other pages have been promised."""
    return warehouse.query(
        "select schedule_id, page_name, week_start, send_at, local_date, caption_key"  # noqa: S608
        f" from {MARTS}.schedules where status = 'active' order by page_name, send_at, message_id"
    )


def by_page(table: pa.Table) -> dict[str, pa.Table]:
    """Split a table that is ordered by `page_name`."""
    names = np.asarray(table.column("page_name").to_pylist(), dtype=object)
    if len(names) == 0:
        return {}
    starts = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]]))
    ends = np.append(starts[1:], len(names))
    return {
        str(names[start]): table.slice(int(start), int(end - start))
        for start, end in zip(starts, ends, strict=True)
    }


def read_filter_counts(
    warehouse: Warehouse, week: date
) -> dict[str, tuple[tuple[str, int, int], ...]]:
    """Page -> (filter, rows before, rows after) in filter order.

    The last is what the page's restrictions of some days take out of that week, if anything.
    """
    table = warehouse.query(
        "select page_name, step, filter_name, rows_before, rows_after"  # noqa: S608
        f" from {MARTS}.caption_filter_counts"
        " union all select page_name, 99, 'page_restrictions of the week', count(*),"
        f" count(*) - sum(case when {_RESTRICTED} then 1 else 0 end)"
        f" from {MARTS}.caption_candidates group by page_name"
        f" having sum(case when {_RESTRICTED} then 1 else 0 end) > 0"
        " order by page_name, step",
        _days(week),
    )
    return {
        page: tuple(
            (row["filter_name"], row["rows_before"], row["rows_after"]) for row in rows.to_pylist()
        )
        for page, rows in by_page(table).items()
    }


def floats(table: pa.Table, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A column as float64, NULL as NaN."""
    column = pc.cast(table.column(name), pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def minutes(column: pa.ChunkedArray | pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Timestamps as UTC minutes since 1970."""
    micros = pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64())
    return np.asarray(micros.to_numpy(zero_copy_only=False)) // 60_000_000
