"""A page's week as CSV: what an operator opens in a spreadsheet, and `validate` reads back."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scheduler.export.cells import safe_text
from scheduler.export.files import write_whole

HEADER = (
    "Day", "Date", "Hour", "Caption", "Price", "Expected_Revenue", "Confidence",
    "Content_Category", "Strategy_Note", "Time", "Timezone", "Page_Name", "Caption_ID",
    "Revenue_Low", "Revenue_High", "Schedule_ID", "Message_ID", "Locked",
)  # fmt: skip


def schedule_csv(messages: Iterable[Mapping[str, Any]]) -> str:
    """CSV text of one page's week.

    Args:
        messages: rows of the mart `schedules`, in time order.
    """
    buffer = io.StringIO()
    plain = csv.writer(buffer, lineterminator="\n")
    # A lone carriage return ends a row for a reader; the plain writer would leave it bare.
    quoted = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(HEADER)
    for message in messages:
        cells = _cells(message)
        (quoted if any("\r" in cell for cell in cells) else plain).writerow(cells)
    return buffer.getvalue()


def write_schedule_csv(messages: Iterable[Mapping[str, Any]], path: Path) -> Path:
    """Write a page's week; the file is there whole or not at all."""
    return write_whole(path, schedule_csv(messages))


def _cells(message: Mapping[str, Any]) -> list[str]:
    local = message["local_at"]
    return [
        f"{local:%A}",
        f"{local:%Y-%m-%d}",
        str(local.hour),
        safe_text(message["caption_text"]),
        f"{message['price']:.2f}",
        _money(message["expected_revenue"]),
        "" if message["confidence"] is None else f"{message['confidence']:.2f}",
        safe_text(message["content_category"] or ""),
        safe_text(message["strategy_note"] or ""),
        f"{local:%H:%M}",
        safe_text(message["timezone"]),
        safe_text(message["page_name"]),
        "" if message["caption_id"] is None else str(message["caption_id"]),
        _money(message["revenue_low"]),
        _money(message["revenue_high"]),
        message["schedule_id"],
        message["message_id"],
        "TRUE" if message["is_locked"] else "FALSE",
    ]


def _money(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
