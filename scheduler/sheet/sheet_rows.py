"""What a returned sheet says, typed: rows, and what keeps a row from being read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.sheet.numbers import IdCell


@dataclass(frozen=True)
class Problem:
    """Why a row can't be taken as it is.

    Attributes:
        where: the row, as a spreadsheet numbers it.
        cells: names of the columns that it is about.
        says: what each of them says, and what to do.
    """

    where: str
    cells: tuple[str, ...]
    says: str

    def __str__(self) -> str:
        return f"{self.where}, {' and '.join(self.cells)}: {self.says}"


@dataclass(frozen=True)
class SheetRow:
    """One message of a returned sheet.

    Attributes:
        where: its row, as a spreadsheet numbers it.
        page_name: trimmed, lower case.
        local_at: when it is to be sent, on the page's clock.
        timezone: what the cell says; None when it is empty or absent.
        price: dollars; None when the cell is empty.
        caption_text: the text as it was written, without the mark that keeps a spreadsheet from
            running it; None when it is empty.
        caption_id: the id as the spreadsheet gave it back.
        message_id: as it is written; None when empty.
        schedule_id: as it is written; None when empty.
        is_locked: None when the file has no such column.
        cells: every cell by its column's name in the contract; others by their own.
    """

    where: str
    page_name: str
    local_at: datetime
    timezone: str | None
    price: float | None
    caption_text: str | None
    caption_id: IdCell
    message_id: str | None
    schedule_id: str | None
    is_locked: bool | None
    cells: Mapping[str, str]

    @property
    def week_start(self) -> date:
        """Monday of its week."""
        return date.fromordinal(self.local_at.toordinal() - self.local_at.weekday())


@dataclass(frozen=True)
class SheetWeek:
    """A returned sheet.

    Attributes:
        rows: those that were read, in the file's order.
        problems: of the others, and of the file. With any, the sheet is no whole week.
        remarks: how the file had to be read, where that may have changed it.
    """

    rows: tuple[SheetRow, ...]
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
