"""A schedule as a spreadsheet gave it back, in typed rows; every cell that can't be read is named.

A date that can be read in two ways is the one whose week is known, else the one whose week holds
the most rows, else the one on the row's weekday. A time that can be read in two ways is the one of
the row's hour. What stays open is a problem, and so is what two cells of a row say differently:
neither wins.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from scheduler.sheet.cell_values import CellError, shown, unwrapped
from scheduler.sheet.dates import parse_dates, parse_weekdays
from scheduler.sheet.numbers import IdCell, parse_flag, parse_id, parse_money
from scheduler.sheet.sheet_rows import Problem, SheetRow, SheetWeek
from scheduler.sheet.sheet_table import Table, read_table
from scheduler.sheet.times import parse_hours, parse_times
from scheduler.sheet_text import plain_text

Value = TypeVar("Value")
_LONGEST_TEXT = 32_767
"""Characters that a cell of Excel holds; what is longer is no caption."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read_sheet(source: Path | Table, weeks: Mapping[str, date] | None = None) -> SheetWeek:
    """The messages of a returned sheet.

    Args:
        source: the file, or its table when it is read already.
        weeks: schedule id -> Monday of its week, of what was published.

    Raises:
        SchedulerError: the file is no schedule at all. What is wrong with a row is in `problems`.
    """
    table = source if isinstance(source, Table) else read_table(source)
    drafts = [_Draft(where, cells, table.absent) for where, cells in table.rows]
    for draft in drafts:
        draft.parse()
    _settle_dates(drafts, weeks or {})
    rows, problems = [], list(table.problems)
    for draft in drafts:
        row = draft.row()
        if row is None:
            problems += draft.problems
        else:
            rows.append(row)
    strays = _strays(rows, weeks or {})
    kept = tuple(row for row in rows if row.where not in {stray.where for stray in strays})
    return SheetWeek(kept, (*problems, *strays), table.remarks)


@dataclass
class _Draft:
    """A row on its way: what each cell may mean, until the others have had their say."""

    where: str
    cells: Mapping[str, str]
    absent: frozenset[str]

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []
        self.days: list[date] = []
        self.yearless = False
        self.day: date | None = None
        self.weekdays: frozenset[int] = frozenset()
        self.times: list[time] = []
        self.hours: list[int] = []

    def say(self, says: str, *cells: str) -> None:
        self.problems.append(Problem(self.where, cells, says))

    def _read(self, name: str, parse: Callable[[str], Value], otherwise: Value) -> Value:
        try:
            return parse(self.cells[name])
        except CellError as error:
            self.say(str(error), name)
            return otherwise

    def parse(self) -> None:
        """What the cells say, each for itself."""
        self.weekdays = self._read("Day", parse_weekdays, self.weekdays)
        self.times = self._read("Time", parse_times, self.times)
        self.hours = self._read("Hour", parse_hours, self.hours)
        self.price = self._read("Price", parse_money, None)
        self.caption_id = self._read("Caption_ID", parse_id, IdCell(None))
        self.is_locked = self._read("Locked", parse_flag, False)
        self.page_name = unwrapped(self.cells["Page_Name"]).lower()
        if not self.page_name:
            self.say("is empty", "Page_Name")
        if (length := len(self.cells["Caption"])) > _LONGEST_TEXT:
            self.say(f"has {length:,} characters; a cell holds {_LONGEST_TEXT:,}", "Caption")
        try:
            self.days = parse_dates(self.cells["Date"])
        except CellError as error:
            self.yearless = str(error).endswith("has no year")
            if not self.yearless:
                self.say(str(error), "Date")

    def date_of(self, years: Iterable[int]) -> None:
        """Read a date without a year as one of these years."""
        try:
            self.days = parse_dates(self.cells["Date"], years)
        except CellError as error:
            self.say(f"{error}; write it as 2026-03-24", "Date")

    def choose(self, score: Callable[[date], tuple[int, int]]) -> None:
        """Take the date that most speaks for, and hold it against the weekday."""
        if not self.days:
            return
        ranked = sorted(self.days, key=lambda day: (*score(day), self._is_on(day)), reverse=True)
        best = ranked[0]
        if len(ranked) > 1 and (*score(best), self._is_on(best)) == (
            *score(ranked[1]), self._is_on(ranked[1])
        ):  # fmt: skip
            both = " or ".join(day.isoformat() for day in sorted(ranked[:2]))
            self.say(f"{shown(self.cells['Date'])} is {both}: write it as {ranked[0]}", "Date")
            return
        self.day = best
        if self.weekdays and best.isoweekday() not in self.weekdays:
            self.say(
                f"Day says {self.cells['Day'].strip()}, Date says {self._date_text(best)}:"
                " make them agree",
                "Day", "Date",
            )  # fmt: skip

    def _is_on(self, day: date) -> int:
        return int(day.isoweekday() in self.weekdays)

    def _date_text(self, day: date) -> str:
        cell = unwrapped(self.cells["Date"])
        read_as = "" if cell == day.isoformat() else f"{day}, "
        return f"{cell} ({read_as}a {_WEEKDAYS[day.weekday()]})"

    def _clock(self) -> time | None:
        """The time of day, once Time and Hour agree."""
        if any(problem.cells[0] in ("Time", "Hour") for problem in self.problems):
            return None
        if not self.times and not self.hours:
            self.say("are both empty: write one of them", "Time", "Hour")
            return None
        if not self.times:
            return time(self.hours[0])
        agreeing = [found for found in self.times if not self.hours or found.hour in self.hours]
        if len(agreeing) == 1:
            return agreeing[0]
        if agreeing:
            both = " or ".join(f"{found:%H:%M}" for found in agreeing)
            self.say(f"{shown(self.cells['Time'])} is {both}: write it as 19:00", "Time")
            return None
        self.say(
            f"Hour says {unwrapped(self.cells['Hour'])}, Time says {unwrapped(self.cells['Time'])}:"
            " make them agree, or empty one of them",
            "Hour", "Time",
        )  # fmt: skip
        return None

    def row(self) -> SheetRow | None:
        """The typed row, or None with the reasons in `problems`."""
        clock = self._clock()
        if self.day is None or clock is None or self.problems:
            return None
        text = plain_text(self.cells["Caption"])
        return SheetRow(
            where=self.where,
            page_name=self.page_name,
            local_at=datetime.combine(self.day, clock),
            timezone=unwrapped(self.cells["Timezone"]) or None,
            price=self.price,
            caption_text=text if text.strip() else None,
            caption_id=self.caption_id,
            message_id=unwrapped(self.cells["Message_ID"]) or None,
            schedule_id=unwrapped(self.cells["Schedule_ID"]) or None,
            is_locked=None if "Locked" in self.absent else self.is_locked,
            cells=self.cells,
        )


def _settle_dates(drafts: list[_Draft], weeks: Mapping[str, date]) -> None:
    """One date for each row: what is known of the whole file decides between two readings."""
    known = {_monday(weeks[id_]) for d in drafts if (id_ := _schedule(d.cells)) in weeks}
    years = {day.year for draft in drafts for day in draft.days}
    years |= {(monday + timedelta(days=shift)).year for monday in known for shift in (0, 6)}
    for draft in drafts:
        if draft.yearless:
            draft.date_of(years)
    rows_of = Counter(monday for draft in drafts for monday in {_monday(d) for d in draft.days})
    for draft in drafts:
        draft.choose(lambda day: (int(_monday(day) in known), rows_of[_monday(day)]))


def _strays(rows: list[SheetRow], weeks: Mapping[str, date]) -> list[Problem]:
    """Rows dated outside the week of their schedule, or of the other rows of it."""
    groups: dict[tuple[str, str | None], list[SheetRow]] = {}
    for row in rows:
        groups.setdefault((row.page_name, row.schedule_id), []).append(row)
    found = []
    for (_, schedule), members in groups.items():
        counts = Counter(row.week_start for row in members)
        week = weeks.get(schedule or "") or max(counts, key=lambda monday: (counts[monday], monday))
        whose = "of its Schedule_ID" if (schedule or "") in weeks else "of the other rows"
        if counts[week] <= len(members) / 2 and (schedule or "") not in weeks:
            whose = "of as many other rows"
        found += [
            Problem(
                row.where,
                ("Date",),
                f"{row.local_at:%Y-%m-%d} is not in the week {whose}, which begins on {week}",
            )
            for row in members
            if row.week_start != week
        ]
    return found


def _schedule(cells: Mapping[str, str]) -> str:
    return unwrapped(cells["Schedule_ID"])


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
