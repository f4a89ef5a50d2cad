"""A week from a CSV, also one edited by hand, held against the warehouse's own rules."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa

from scheduler.errors import SchedulerError
from scheduler.marts.content_ids import message_id
from scheduler.marts.schedules import TEMPLATE_SCHEMA, TEMPLATES, Violation, read_violations
from scheduler.sheet_text import plain_text
from scheduler.warehouse.base import MARTS, Warehouse

REQUIRED = ("Date", "Hour", "Caption", "Price", "Page_Name", "Caption_ID")
_SHOWN_PROBLEMS = 5


class _Undo(Exception):
    """Ends the transaction of a validation, so that nothing of it stays."""


def read_schedule_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a schedule CSV, cells as a person sees them.

    Raises:
        SchedulerError: the file is missing, is no UTF-8 CSV, lacks a column, or has no row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SchedulerError(
            f"{path} cannot be read ({error.strerror}). Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise SchedulerError(f"{path} is not UTF-8. Save it as CSV (UTF-8).") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise SchedulerError(
            f"{path} lacks the column {', '.join(missing)}. "
            "Start from a CSV that `scheduler run` wrote."
        )
    rows = [{k: plain_text(v or "") for k, v in row.items() if k is not None} for row in reader]
    if not rows:
        raise SchedulerError(f"{path} holds no message. Nothing to validate.")
    return rows


def validate_rows(
    warehouse: Warehouse, rows: Sequence[Mapping[str, str]], source: str
) -> list[Violation]:
    """The rulebook's verdict on a hand-made or edited week; nothing of it stays in the warehouse.

    Confidence and data quality are the warehouse's, whatever the file says.

    Raises:
        SchedulerError: a cell can't be read; the message lists the first bad rows.
    """
    creators = {
        row["page_name"]: row
        for row in warehouse.query(
            f"select page_name, timezone, confidence_score from {MARTS}.creators"  # noqa: S608
        ).to_pylist()
    }
    templates = _template_rows(rows, creators, source)
    table = pa.Table.from_pylist(templates, schema=TEMPLATE_SCHEMA)
    ids = sorted({row["schedule_id"] for row in templates})
    found: list[Violation] = []
    try:
        with warehouse.transaction():
            warehouse.append(TEMPLATES, table)
            found = read_violations(warehouse, ids)
            raise _Undo
    except _Undo:
        return found


def _template_rows(
    rows: Sequence[Mapping[str, str]], creators: Mapping[str, Mapping[str, Any]], source: str
) -> list[dict[str, Any]]:
    problems: list[str] = []
    templates = []
    for number, row in enumerate(rows, start=2):
        try:
            templates.append(_template_row(row, creators, source))
        except (ValueError, KeyError, ZoneInfoNotFoundError) as error:
            problems.append(f"row {number}: {error}")
    if problems:
        more = (
            f" (and {len(problems) - _SHOWN_PROBLEMS} more)"
            if len(problems) > _SHOWN_PROBLEMS
            else ""
        )
        raise SchedulerError(
            f"{source} cannot be read: {'; '.join(problems[:_SHOWN_PROBLEMS])}{more}. "
            "Mend these cells."
        )
    return templates


def _template_row(
    row: Mapping[str, str], creators: Mapping[str, Mapping[str, Any]], source: str
) -> dict[str, Any]:
    page = row["Page_Name"].strip().lower()
    creator = creators.get(page, {})
    local = _local_time(row)
    zone = row.get("Timezone") or creator.get("timezone") or "UTC"
    send_at = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
    week = local.date() - timedelta(days=local.weekday())
    schedule = "draft_" + hashlib.sha256(f"{source}|{page}|{week}".encode()).hexdigest()[:10]
    template: dict[str, Any] = dict.fromkeys(TEMPLATE_SCHEMA.names)
    return template | {
        "schedule_id": schedule,
        "page_name": page,
        "week_start": week,
        "status": "proposed",
        "message_id": row.get("Message_ID") or message_id(schedule, send_at, row["Caption"]),
        "send_at": send_at,
        "price": _number(row, "Price", float),
        "caption_id": _number(row, "Caption_ID", int),
        "caption_text": row["Caption"],
        "content_category": row.get("Content_Category"),
        "confidence": creator.get("confidence_score"),
        "is_locked": (row.get("Locked") or "").upper() == "TRUE",
        "is_price_test": False,
        "run_id": schedule,
    }


def _local_time(row: Mapping[str, str]) -> datetime:
    """Date with `Time` where the file has it (it keeps minutes), else with `Hour`."""
    clock = (row.get("Time") or "").strip() or f"{int(float(row['Hour'])):02d}:00"
    try:
        return datetime.fromisoformat(f"{row['Date'].strip()}T{clock}")
    except ValueError as error:
        raise ValueError(f"{row['Date']!r} at {clock!r} is no local time") from error


def _number(row: Mapping[str, str], name: str, kind: type) -> Any:
    text = row[name].strip().removeprefix("$")
    if not text:
        return None
    try:
        return kind(text)
    except ValueError as error:
        raise ValueError(f"{name} is {row[name]!r}, no number") from error
