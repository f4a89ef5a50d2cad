"""Messages that stay as they are when the week is planned again."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.marts.edit_tables import Edit, Hand, set_locked
from scheduler.warehouse import Warehouse
from scheduler.warehouse.base import MARTS


def lock(
    warehouse: Warehouse, page: str, message_ids: Sequence[str], hand: Hand, *, is_locked: bool
) -> date:
    """Lock messages of a page's published week, or set them free; repeated, it changes nothing.

    Returns:
        Monday of their week.

    Raises:
        SchedulerError: an id is no message of a published week of the page, or they are of
            several weeks. Nothing is changed then.
    """
    wanted = list(dict.fromkeys(message_ids))
    rows = _published(warehouse, page, wanted)
    missing = sorted(set(wanted) - {row["message_id"] for row in rows})
    if missing:
        raise SchedulerError(
            f"{page} has no published message {', '.join(missing)}. The ids are in the column"
            " Message_ID of its schedule."
        )
    weeks: list[date] = sorted({row["week_start"] for row in rows})
    if len(weeks) > 1:
        raise SchedulerError(
            f"The messages are of {len(weeks)} weeks ({', '.join(map(str, weeks))}):"
            " lock those of one week at a time."
        )
    kind = "locked" if is_locked else "unlocked"
    edits = [
        Edit(
            row["schedule_id"], row["schedule_id"], page, row["week_start"], row["message_id"],
            kind, "is_locked", str(bool(row["is_locked"])), str(is_locked),
        )
        for row in rows
        if bool(row["is_locked"]) != is_locked
    ]  # fmt: skip
    set_locked(warehouse, (page, weeks[0]), wanted, edits, hand, is_locked=is_locked)
    return weeks[0]


def _published(warehouse: Warehouse, page: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = warehouse.query(
        "select schedule_id, page_name, week_start, message_id, is_locked"  # noqa: S608
        f" from {MARTS}.schedules where status = 'active' and page_name = $page"
        " and message_id in (select unnest($ids)) order by message_id",
        {"page": page, "ids": list(ids)},
    ).to_pylist()
    return rows
