"""Tables as CSV: what an operator opens in a spreadsheet, and `validate` reads back."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scheduler.export.file_spec import FileSpec, read_spec
from scheduler.marts.run_result import NOT_APPROVED
from scheduler.output_files import write_whole

EXPOSURE = "schedule_sheet"


def table_csv(spec: FileSpec, rows: Iterable[Mapping[str, Any]]) -> str:
    """CSV text of a table: its header, then a line per row."""
    buffer = io.StringIO()
    plain = csv.writer(buffer, lineterminator="\n")
    # A lone carriage return ends a row for a reader; the plain writer would leave it bare.
    quoted = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(spec.header)
    for row in rows:
        cells = spec.cells(row)
        (quoted if any("\r" in cell for cell in cells) else plain).writerow(cells)
    return buffer.getvalue()


def schedule_csv(messages: Iterable[Mapping[str, Any]]) -> str:
    """CSV text of one page's week.

    Args:
        messages: rows of the mart `schedules`, in time order.
    """
    return table_csv(read_spec(EXPOSURE), with_approval(messages))


def with_approval(messages: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The messages of a page's sheet; where nobody approved the week, each note begins with it.

    Args:
        messages: rows of the mart `schedules`.
    """
    return [
        {**message, "strategy_note": f"NOT APPROVED. {message['strategy_note']}"}
        if message.get("approval") == NOT_APPROVED
        else message
        for message in messages
    ]


def write_schedule_csv(messages: Iterable[Mapping[str, Any]], path: Path) -> Path:
    """Write a page's week; the file is there whole or not at all."""
    return write_whole(path, schedule_csv(messages))
