"""All that the pages show, read from the warehouse at once and kept until it changes."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from scheduler.errors import SchedulerError
from scheduler.export.week_files import report_settings
from scheduler.marts.agency_interval import with_agency
from scheduler.marts.build_settings import Settings
from scheduler.marts.run_result import PageResult, RunResult
from scheduler.marts.week_state import built_settings, read_week
from scheduler.numeric import rounded_table
from scheduler.reports.agency_report import agency_view
from scheduler.reports.facts import Facts, read_facts
from scheduler.reports.page_report import page_view
from scheduler.warehouse import Warehouse
from scheduler.warehouse.base import MARTS

Row = Mapping[str, Any]

_WEEKS = 3
_BY_HAND = ("schedule_versions", "schedule_edits", "schedule_approvals")


@dataclass
class Shown:
    """The warehouse at one moment, as people see it.

    Attributes:
        weeks: Monday -> the week, latest first; the last few that are published.
        facts: rows of the marts that the reports show.
        settings: of the build.
        versions: rows of `schedule_versions`, latest first.
        edits: rows of `schedule_edits`, latest first.
        approvals: rows of `schedule_approvals`, latest first.
        read_at: UTC, when this was read.
    """

    weeks: Mapping[date, RunResult]
    facts: Facts
    settings: Settings
    versions: Sequence[Row]
    edits: Sequence[Row]
    approvals: Sequence[Row]
    read_at: datetime
    _made: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    _guard: threading.RLock = field(default_factory=threading.RLock)

    def week(self, wanted: date | None) -> RunResult:
        """A week that is shown; the latest without a wish.

        Raises:
            SchedulerError: nothing is published, or not for that week.
        """
        if not self.weeks:
            raise SchedulerError("No week is published yet. Run `scheduler run` first.")
        found = self.weeks.get(wanted or next(iter(self.weeks)))
        if found is None:
            raise SchedulerError(f"The week of {wanted} is not among the last {_WEEKS}.")
        return found

    def page(self, name: str, wanted: date | None) -> PageResult:
        """A page in a week.

        Raises:
            UnknownPage: there is no such page.
        """
        found = self.week(wanted).pages.get(name)
        if found is None:
            raise UnknownPage(name)
        return found

    def page_view(self, name: str, wanted: date | None) -> dict[str, Any]:
        """What the page's report shows; the page has messages."""
        week, page = self.week(wanted), self.page(name, wanted)
        shown = report_settings(week, self.settings)
        return self._once(("page", name, week.week), lambda: page_view(page, self.facts, shown, ()))

    def agency_view(self, wanted: date | None) -> dict[str, Any]:
        """What the agency's report shows."""
        week = self.week(wanted)
        shown = report_settings(week, self.settings)
        ends = (week.agency.low, week.agency.high) if week.agency else (0.0, 0.0)
        links = {name: f"/pages/{quote(name)}?week={week.week}" for name in week.pages}
        return self._once(
            ("agency", week.week), lambda: agency_view(week, self.facts, shown, ends, links)
        )

    def _once(self, key: tuple[Any, ...], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Charts take a while to draw; the first who asks draws them."""
        with self._guard:
            if key not in self._made:
                self._made[key] = make()
            found: dict[str, Any] = self._made[key]
            return found


class UnknownPage(Exception):
    """A page that is not there."""


def read_shown(warehouse: Warehouse, now: datetime) -> Shown:
    """Read everything.

    Raises:
        SchedulerError: the marts are not built.
    """
    if not warehouse.exists(f"{MARTS}.schedules"):
        raise SchedulerError("The marts are not built. Run `scheduler run`.")
    settings = built_settings(warehouse)
    rows = warehouse.query(
        f"select distinct week_start from {MARTS}.schedules where status = 'active'"  # noqa: S608
        " order by week_start desc"
    )
    mondays = rows.column("week_start").to_pylist()[:_WEEKS]
    versions, edits, approvals = (_rows_of(warehouse, name) for name in _BY_HAND)
    return Shown(
        weeks={
            monday: with_agency(read_week(warehouse, monday), settings.values) for monday in mondays
        },
        facts=read_facts(warehouse),
        settings=settings,
        versions=sorted(
            versions, key=lambda row: (row["week_start"], row["version_number"]), reverse=True
        ),
        edits=sorted(edits, key=lambda row: (row["made_at"], row["edit_id"]), reverse=True),
        approvals=sorted(
            approvals, key=lambda row: (row["approved_at"], row["approval_id"]), reverse=True
        ),
        read_at=now,
    )


def _rows_of(warehouse: Warehouse, mart: str) -> list[dict[str, Any]]:
    """All of a mart that an older build may not have yet."""
    if not warehouse.exists(f"{MARTS}.{mart}"):
        return []
    rows = warehouse.query(f"select * from {MARTS}.{mart}")  # noqa: S608
    found: list[dict[str, Any]] = rounded_table(rows).to_pylist()
    return found
