"""What people do to planned weeks, one row per change. Rows are added, never taken away."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import pyarrow as pa

from scheduler.marts.content_ids import content_id
from scheduler.marts.schedules import TEMPLATES
from scheduler.warehouse.base import OPERATIONS, Warehouse

EDITS = f"{OPERATIONS}.schedule_edits"

_TIME = pa.timestamp("us")
_EDIT_SCHEMA = pa.schema(
    [
        ("edit_id", pa.string()),
        ("schedule_id", pa.string()),
        ("schedule_id_before", pa.string()),
        ("page_name", pa.string()),
        ("week_start", pa.date32()),
        ("message_id", pa.string()),
        ("kind", pa.string()),
        ("field", pa.string()),
        ("value_before", pa.string()),
        ("value_after", pa.string()),
        ("expected_before", pa.float64()),
        ("expected_after", pa.float64()),
        ("week_expected_before", pa.float64()),
        ("week_expected_after", pa.float64()),
        ("made_by", pa.string()),
        ("made_at", _TIME),
        ("source", pa.string()),
    ]
)


@dataclass(frozen=True)
class Hand:
    """Who changes something, when, and by which command or file.

    Attributes:
        made_by: a name.
        made_at: UTC without a zone mark.
        source: the command, of an import with the file's name or the spreadsheet's title.
    """

    made_by: str
    made_at: datetime
    source: str


@dataclass(frozen=True)
class Edit:
    """A changed field of a planned message; columns as `schedule_edits` describes them."""

    schedule_id: str
    schedule_id_before: str
    page_name: str
    week_start: date
    message_id: str | None
    kind: str
    field: str
    value_before: str | None
    value_after: str | None
    expected_before: float | None = None
    expected_after: float | None = None
    week_expected_before: float | None = None
    week_expected_after: float | None = None

    def __str__(self) -> str:
        change = f"{self.value_before or 'none'} -> {self.value_after or 'none'}"
        return f"{self.message_id or 'the week'} {self.kind}: {self.field} {change}"


def write_edits(warehouse: Warehouse, edits: Iterable[Edit], hand: Hand) -> None:
    """Add edits, all of them made at once by one hand."""
    rows = [
        {"edit_id": _edit_id(edit, hand), **asdict(edit), **asdict(hand)}
        for edit in edits
    ]  # fmt: skip
    if rows:
        warehouse.append(EDITS, pa.Table.from_pylist(rows, schema=_EDIT_SCHEMA), ["edit_id"])


def _edit_id(edit: Edit, hand: Hand) -> str:
    return content_id([asdict(edit), hand.made_by, hand.made_at, hand.source])


def set_locked(
    warehouse: Warehouse,
    week: tuple[str, date],
    message_ids: Sequence[str],
    edits: Sequence[Edit],
    hand: Hand,
    *,
    is_locked: bool,
) -> None:
    """Lock messages of a page's week, or set them free, and note it, together or not at all.

    A message that stays the same over several versions is one message: it is locked in all of
    them, so that an older version which becomes active again does not undo it.
    """
    with warehouse.transaction():
        warehouse.execute(
            f"update {TEMPLATES} set is_locked = $is_locked"  # noqa: S608
            " where page_name = $page and week_start = $week"
            " and message_id in (select unnest($ids))",
            {"is_locked": is_locked, "page": week[0], "week": week[1], "ids": list(message_ids)},
        )
        write_edits(warehouse, edits, hand)
