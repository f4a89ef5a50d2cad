"""What leaves the project: the files of a week, for each page and for the agency."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.analysis.performance import read_analyses
from scheduler.errors import SchedulerError
from scheduler.export.file_spec import read_spec
from scheduler.export.ics import week_calendar
from scheduler.export.schedule_csv import EXPOSURE, schedule_csv, table_csv, with_approval
from scheduler.export.summary_csv import summary_row
from scheduler.export.text_report import text_report
from scheduler.export.week_workbook import WeekTables, workbook
from scheduler.marts.agency_interval import with_agency
from scheduler.marts.build_settings import Settings
from scheduler.marts.inputs import read_price_points
from scheduler.marts.run_result import PUBLISHED, PageResult, RunResult
from scheduler.marts.week_state import built_settings, latest_week, read_week
from scheduler.output_files import write_whole
from scheduler.reports.agency_report import agency_view, last_lines
from scheduler.reports.facts import Facts, read_facts
from scheduler.reports.page_report import page_view
from scheduler.reports.render import render
from scheduler.warehouse.base import MARTS, Warehouse

PAGE_FILES = (EXPOSURE, "page_report", "page_html", "page_calendar")
SUMMARY, AGENCY, AGENCY_HTML, WORKBOOK = (
    "run_summary", "agency_sheet", "agency_html", "agency_workbook",
)  # fmt: skip


def export_run(warehouse: Warehouse, result: RunResult, output_dir: Path) -> RunResult:
    """Step 9: write the files of the run's pages, and those of the whole agency.

    Files of pages that the run was not asked for stay, and the agency's files list them; so do
    those of a published week that a blocked run did not replace. A page whose file can't be written
    says so in its reason and stops no other.

    Returns:
        The result with the paths written.

    Raises:
        SchedulerError: the agency's files can't be written.
    """
    standing = read_week(warehouse, result.week)
    whole = replace(result, pages=dict(sorted({**standing.pages, **result.pages}.items())))
    kept = {n for n, page in standing.pages.items() if page.status == PUBLISHED}
    wanted = [n for n, page in result.pages.items() if page.status == PUBLISHED or n not in kept]
    done = _write(warehouse, whole, wanted, output_dir)
    return replace(done, pages={page: done.pages[page] for page in result.pages})


def export_published(
    warehouse: Warehouse, week: date | None, pages: tuple[str, ...], output_dir: Path
) -> RunResult:
    """Write the files of active weeks again, each held against the rulebook first.

    Args:
        week: Monday of the week; None is the latest one that has an active schedule.
        pages: these pages only; empty is all.

    Returns:
        The week's pages; those that the rulebook refuses now have no files and say why.

    Raises:
        SchedulerError: nothing is published for that week, or not for a named page.
    """
    if not warehouse.exists(f"{MARTS}.schedules"):
        raise SchedulerError("There are no schedules yet. Run `scheduler run` first.")
    wanted = week or latest_week(warehouse)
    standing = None if wanted is None else read_week(warehouse, wanted)
    planned = {n for n, p in standing.pages.items() if p.schedule_id} if standing else set()
    absent = sorted(set(pages) - planned)
    if standing is None or absent or not planned:
        missing = ", ".join(absent) if absent else "any page"
        raise SchedulerError(
            f"No published schedule of {missing} for the week of {wanted or 'any date'}. "
            "Run `scheduler run` first."
        )
    return _write(warehouse, standing, sorted(pages) or sorted(planned), output_dir)


@dataclass(frozen=True)
class _Week:
    """All that the files of a week are made of."""

    result: RunResult
    facts: Facts
    settings: Settings
    analyses: dict[str, Any]
    prices: tuple[float, ...]

    @property
    def shown(self) -> dict[str, Any]:
        """What the reports need of the settings."""
        return report_settings(self.result, self.settings)


def report_settings(result: RunResult, settings: Settings) -> dict[str, Any]:
    """What `page_view` and `agency_view` need of a week and of the build's settings."""
    return {
        "week": result.week,
        "as_of": result.as_of,
        "lookback_days": settings.values["lookback_days"],
        "recent_weeks": settings.values["report_recent_weeks"],
        "interval_coverage": settings.interval_coverage,
        "score_window": settings.eros_main_window,
        "score_target": settings.values["eros_score_target"],
        "content_min": settings.values["report_content_min"],
    }


def _write(
    warehouse: Warehouse, result: RunResult, wanted: Iterable[str], output_dir: Path
) -> RunResult:
    week = _Week(
        result,
        read_facts(warehouse),
        built_settings(warehouse),
        read_analyses(warehouse),
        read_price_points(warehouse),
    )
    dated = output_dir / "weeks" / f"{result.week}"
    dated.mkdir(parents=True, exist_ok=True)
    pages = dict(result.pages)
    for name in wanted:
        pages[name] = _write_page(pages[name], week, output_dir, dated)
    done = replace(week, result=replace(result, pages=pages))
    return _write_agency(done, output_dir, dated)


def _write_page(page: PageResult, week: _Week, folder: Path, dated: Path) -> PageResult:
    """A page's files, or none where it has no week; a file left behind would look like one."""
    paths = {name: read_spec(name).path(folder, page.page_name) for name in PAGE_FILES}
    if page.status != PUBLISHED:
        for path in paths.values():
            path.unlink(missing_ok=True)
            (dated / path.name).unlink(missing_ok=True)
        return page
    try:
        for name, path in paths.items():
            write_whole(path, _PAGE_MAKERS[name](page, week))
            shutil.copyfile(path, dated / path.name)
    except (SchedulerError, OSError) as error:
        return replace(page, reason=f"Published, but not written: {error}", failed=True)
    return replace(page, csv_path=paths[EXPOSURE], report_path=paths["page_report"])


def _page_html(page: PageResult, week: _Week) -> str:
    badges = (page.approval,) if page.approval else ()
    return render("page.html.j2", page=page_view(page, week.facts, week.shown, badges))


_PAGE_MAKERS: dict[str, Callable[[PageResult, _Week], str | bytes]] = {
    EXPOSURE: lambda page, _: schedule_csv(page.messages),
    "page_report": lambda page, week: text_report(page, week.analyses[page.page_name], week.result),
    "page_html": _page_html,
    "page_calendar": lambda page, week: week_calendar(
        page.page_name, page.messages, week.result.as_of
    ),
}


def _write_agency(week: _Week, folder: Path, dated: Path) -> RunResult:
    published = {n: p for n, p in week.result.pages.items() if p.status == PUBLISHED}
    specs = {name: read_spec(name) for name in (SUMMARY, AGENCY, AGENCY_HTML, WORKBOOK)}
    result = with_agency(week.result, week.settings.values)
    tables = week_tables(result, week.settings, published)
    links = {name: read_spec("page_html").path(folder, name).name for name in published}
    ends = (result.agency.low, result.agency.high) if result.agency else (0.0, 0.0)
    view = agency_view(result, week.facts, week.shown, ends, links)
    made: dict[str, str | bytes] = {
        SUMMARY: table_csv(*tables.summary),
        AGENCY: table_csv(*tables.agency),
        AGENCY_HTML: render("agency.html.j2", agency=view),
        WORKBOOK: workbook(tables, week.prices, week.result.as_of),
    }
    for name, content in made.items():
        path = write_whole(folder / specs[name].file_name, content)
        shutil.copyfile(path, dated / path.name)
    return replace(
        result,
        summary_path=folder / specs[SUMMARY].file_name,
        outlook=tuple(last_lines(view)),
        alerts=tuple(week.facts.of_all("alerts")),
    )


def week_tables(result: RunResult, settings: Settings, pages: Iterable[str]) -> WeekTables:
    """The tables of a week: of all its published pages together, and of each of these pages.

    Args:
        result: the week with the agency's interval, audited.
        settings: of the last build.
        pages: those with a table of their own; it is empty where the page has no week.
    """
    published = {n: p for n, p in result.pages.items() if p.status == PUBLISHED}
    own = {n: with_approval(published[n].messages if n in published else ()) for n in pages}
    return WeekTables(
        (read_spec(SUMMARY), [summary_row(p, result.agency) for p in result.pages.values()]),
        (read_spec(AGENCY), _by_time(published.values(), settings)),
        (read_spec(EXPOSURE), own),
    )


def _by_time(pages: Iterable[PageResult], settings: Settings) -> list[dict[str, Any]]:
    """All messages in order of time, with the operator's clock beside the page's."""
    zone = ZoneInfo(settings.values["operator_timezone"] or settings.default_timezone)

    def clock(moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)

    rows = [
        {**row, "operator_at": clock(row["send_at"]), "operator_timezone": str(zone)}
        for page in pages
        for row in page.messages
    ]
    return sorted(rows, key=lambda row: (row["send_at"], row["page_name"], row["message_id"]))
