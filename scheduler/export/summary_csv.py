"""The batch at a glance: one row per page of the run."""

import csv
import io
from pathlib import Path
from typing import Any

from scheduler.export.spec import read_spec
from scheduler.marts.run_result import PageResult, RunResult
from scheduler.output_files import write_whole

EXPOSURE = "run_summary"


def write_summary(result: RunResult, folder: Path) -> Path:
    """Write the summary into the folder: one row per page, in order of page name.

    Returns:
        The path written.

    Raises:
        SchedulerError: the folder can't be written.
    """
    spec = read_spec(EXPOSURE)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(spec.header)
    for page in result.pages.values():
        writer.writerow(spec.cells(_row(page)))
    return write_whole(folder / spec.file_name, buffer.getvalue())


def _row(page: PageResult) -> dict[str, Any]:
    """What the summary can show of a page; the figures of a week are empty without a week."""
    week = (
        "expected_revenue", "revenue_low", "revenue_high", "gap", "upper_bound", "conflict_cost",
        "relaxed", "binding",
    )  # fmt: skip
    return {
        "page_name": page.page_name,
        "status": page.status,
        "reason": page.reason,
        "message_count": len(page.messages),
        **{f"week_{name}": page.of_week(name) for name in week},
        "eros_score": page.creator.get("eros_score"),
        "confidence_score": page.creator.get("confidence_score"),
        "revenue_given_up": page.given_up,
        "schedule_id": page.schedule_id,
        "tier_2_count": sum(violation.tier == 2 for violation in page.violations),
        "tier_3_count": sum(violation.tier == 3 for violation in page.violations),
    }
