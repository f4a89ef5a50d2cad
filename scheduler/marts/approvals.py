"""Approvals of planned weeks: given for what is sent exactly, void as soon as something changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from scheduler.marts.content_ids import content_id
from scheduler.moments import utc_now
from scheduler.warehouse.base import MARTS, OPERATIONS, Warehouse

TABLE = f"{OPERATIONS}.schedule_approvals"

_TIME = pa.timestamp("us")
_SCHEMA = pa.schema(
    [
        ("approval_id", pa.string()),
        ("schedule_id", pa.string()),
        ("page_name", pa.string()),
        ("week_start", pa.date32()),
        ("content_hash", pa.string()),
        ("approved_by", pa.string()),
        ("approved_at", _TIME),
        ("voided_at", _TIME),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Approval:
    """Somebody's word that a version of a week may go out; columns as `schedule_approvals`."""

    approval_id: str
    schedule_id: str
    page_name: str
    week_start: date
    content_hash: str
    approved_by: str
    approved_at: datetime
    voided_at: datetime | None = None
    reason: str | None = None


def content_hash(messages: Iterable[Mapping[str, Any]]) -> str:
    """Of what is sent: each message's time, price, caption and text, in whatever order.

    Args:
        messages: rows of the mart `schedules`.
    """
    return content_id(
        sorted(
            [str(row["send_at"]), float(row["price"]), row["caption_id"], row["caption_text"]]
            for row in messages
        )
    )


def valid_approvals(warehouse: Warehouse, week: date) -> dict[str, Approval]:
    """Page -> the approval of its week that counts."""
    names = ", ".join(Approval.__dataclass_fields__)
    rows = warehouse.query(
        f"select {names} from {MARTS}.schedule_approvals where is_valid and week_start = $week"  # noqa: S608
        " order by approved_at, approval_id",
        {"week": week},
    ).to_pylist()
    return {row["page_name"]: Approval(**row) for row in rows}


def write_approvals(warehouse: Warehouse, approvals: Sequence[Approval]) -> None:
    """Add approvals, or rows that make them void."""
    if approvals:
        rows = [asdict(approval) for approval in approvals]
        key = ["approval_id", "voided_at"]
        warehouse.append(TABLE, pa.Table.from_pylist(rows, schema=_SCHEMA), key)


def void_replaced(warehouse: Warehouse, week: date, reason: str) -> None:
    """Make approvals void whose version of the week stands no more.

    Args:
        warehouse: after a version was published.
        week: its Monday.
        reason: who changed what.
    """
    given = valid_approvals(warehouse, week)
    if not given:
        return
    rows = warehouse.query(
        f"select distinct schedule_id from {MARTS}.schedules"  # noqa: S608
        " where status = 'active' and week_start = $week",
        {"week": week},
    ).to_pylist()
    standing = {row["schedule_id"] for row in rows}
    now = utc_now()
    write_approvals(
        warehouse,
        [
            replace(approval, voided_at=now, reason=reason)
            for approval in given.values()
            if approval.schedule_id not in standing
        ],
    )
