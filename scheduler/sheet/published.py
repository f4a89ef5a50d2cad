"""What was published of the weeks that a sheet is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.warehouse.base import MARTS, Warehouse

_COLUMNS = (
    "schedule_id, page_name, week_start, status, message_id, send_at, local_at, timezone, price,"
    " caption_id, caption_text, is_locked, is_price_test"
)


@dataclass(frozen=True)
class Message:
    """A message of a schedule, as it was written.

    Attributes:
        send_at: UTC.
        local_at: the same on the page's clock.
        price: dollars.
    """

    schedule_id: str
    page_name: str
    week_start: date
    status: str
    message_id: str
    send_at: datetime
    local_at: datetime
    timezone: str
    price: float | None
    caption_id: int | None
    caption_text: str | None
    is_locked: bool
    is_price_test: bool


def read_weeks(warehouse: Warehouse) -> dict[str, date]:
    """Schedule id -> Monday of its week, of every version that was ever written."""
    rows = warehouse.query(f"select distinct schedule_id, week_start from {MARTS}.schedules")  # noqa: S608
    return {row["schedule_id"]: row["week_start"] for row in rows.to_pylist()}


def read_published(
    warehouse: Warehouse, schedules: Iterable[str], weeks: Iterable[tuple[str, date]]
) -> list[Message]:
    """Messages of the schedules named, and of the active ones of these pages' weeks, in time order.

    Args:
        schedules: ids; those that nobody wrote are passed over.
        weeks: (page, Monday).
    """
    wanted = set(weeks)
    rows = warehouse.query(
        f"select {_COLUMNS} from {MARTS}.schedules"  # noqa: S608
        " where schedule_id in (select unnest($ids))"
        " or (status = 'active' and page_name in (select unnest($pages)))"
        " order by page_name, send_at, message_id",
        {"ids": sorted(set(schedules)), "pages": sorted({page for page, _ in wanted})},
    ).to_pylist()
    named = set(schedules)
    return [
        _message(row)
        for row in rows
        if row["schedule_id"] in named or (row["page_name"], row["week_start"]) in wanted
    ]


def _message(row: Mapping[str, Any]) -> Message:
    return Message(**row)
