"""What a load did."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TableReport:
    """One file: rows read = rows added + rows known already; `notes` say what to look at."""

    table: str
    file_name: str
    rows_read: int
    rows_added: int
    rows_known: int
    invalid_utf8_cells: int
    notes: tuple[str, ...] = ()

    def line(self) -> str:
        """The file's part of the report, as one line."""
        text = f"{self.file_name}: {_count(self.rows_read, 'row')} read, {self.rows_added:,} added"
        if self.rows_known:
            text += f", {self.rows_known:,} known already"
        if self.invalid_utf8_cells:
            text += f", {_count(self.invalid_utf8_cells, 'cell')} not UTF-8 (now with \ufffd)"
        return text


@dataclass(frozen=True, slots=True)
class LoadReport:
    """A whole load.

    Attributes:
        loaded_at: `_loaded_at` of the rows added, UTC without zone; None when none was.
        tables: one for each file, in the order of the contract.
        absent: raw tables that the directory had no file for; they stay as they were.
        unread: files that look like data and were not read.
        is_check: nothing was written.
    """

    loaded_at: datetime | None
    tables: tuple[TableReport, ...]
    absent: tuple[str, ...]
    unread: tuple[str, ...] = ()
    is_check: bool = False

    def lines(self) -> list[str]:
        """The report as a user reads it."""
        lines = []
        for table in self.tables:
            lines += [table.line(), *(f"  {note}" for note in table.notes)]
        if self.absent:
            lines.append(f"No file for {', '.join(self.absent)}: left as before")
        lines += [
            f"WARNING {name} is not named like a raw table and was not read" for name in self.unread
        ]
        if self.is_check:
            lines.append("Checked only: nothing was written")
        return lines


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
