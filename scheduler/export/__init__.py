"""What leaves the project: a CSV and a report per published page, and the batch summary."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from scheduler.analysis.performance import read_analyses
from scheduler.errors import SchedulerError
from scheduler.export.files import write_whole
from scheduler.export.schedule_csv import EXPOSURE, write_schedule_csv
from scheduler.export.spec import read_spec
from scheduler.export.summary_csv import write_summary
from scheduler.export.text_report import text_report
from scheduler.run.result import PUBLISHED, RunResult
from scheduler.warehouse.base import MARTS, Warehouse

REPORT = "page_report"


def export_run(warehouse: Warehouse, result: RunResult, output_dir: Path) -> RunResult:
    """Step 9: write the files of every published page, and take away those of blocked ones.

    A file left from an earlier run would look like a valid week. A page whose files can't be
    written keeps its published week and says so as its reason; the others' are written anyway.

    Raises:
        SchedulerError: the summary can't be written.
    """
    analyses = read_analyses(warehouse)
    schedule, report = read_spec(EXPOSURE), read_spec(REPORT)
    pages = {}
    for name, page in result.pages.items():
        csv_path = schedule.path(output_dir, name)
        report_path = report.path(output_dir, name)
        try:
            if page.status == PUBLISHED:
                write_schedule_csv(page.messages, csv_path)
                write_whole(report_path, text_report(page, analyses[name], result))
                pages[name] = replace(page, csv_path=csv_path, report_path=report_path)
            else:
                csv_path.unlink(missing_ok=True)
                report_path.unlink(missing_ok=True)
                pages[name] = page
        except (SchedulerError, OSError) as error:
            reason = " ".join(filter(None, [page.reason, f"Its files are not written: {error}"]))
            pages[name] = replace(page, reason=reason, failed=True)
    done = replace(result, pages=pages)
    return replace(done, summary_path=write_summary(done, output_dir))


def export_published(
    warehouse: Warehouse, week: date | None, pages: tuple[str, ...], output_dir: Path
) -> list[Path]:
    """Write the CSVs of active weeks again.

    Args:
        week: Monday of the week; None is the latest one that has an active schedule.
        pages: these pages only; empty is all.

    Raises:
        SchedulerError: nothing is published for that week, or not for a named page.
    """
    if not warehouse.exists(f"{MARTS}.schedules"):
        raise SchedulerError("There are no schedules yet. Run `scheduler run` first.")
    rows = warehouse.query(
        f"select * from {MARTS}.schedules where status = 'active' order by page_name, send_at"  # noqa: S608
    ).to_pylist()
    wanted = week or max((row["week_start"] for row in rows), default=None)
    by_page: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["week_start"] == wanted and (not pages or row["page_name"] in pages):
            by_page.setdefault(row["page_name"], []).append(row)
    absent = sorted(set(pages) - set(by_page))
    if absent or not by_page:
        missing = ", ".join(absent) if absent else "any page"
        raise SchedulerError(
            f"No published schedule of {missing} for the week of {wanted or 'any date'}. "
            "Run `scheduler run` first."
        )
    spec = read_spec(EXPOSURE)
    return [
        write_schedule_csv(messages, spec.path(output_dir, page))
        for page, messages in by_page.items()
    ]
