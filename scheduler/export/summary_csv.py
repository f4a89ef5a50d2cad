"""The batch at a glance: one row per page of the run."""

import csv
import io
from pathlib import Path
from typing import Any

from scheduler.export.cells import safe_text
from scheduler.export.files import write_whole
from scheduler.run.result import PageResult, RunResult

HEADER = (
    "Page_Name", "Status", "Reason", "Messages", "Expected_Revenue", "Revenue_Low",
    "Revenue_High", "Gap", "EROS_Score", "Confidence", "Schedule_ID", "Tier_2_Notes",
    "Tier_3_Notes",
)  # fmt: skip


def write_summary(result: RunResult, path: Path) -> Path:
    """Write `summary.csv`: one row per page, in order of page name."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for page in result.pages.values():
        writer.writerow(_cells(page))
    return write_whole(path, buffer.getvalue())


def _cells(page: PageResult) -> list[str]:
    return [
        safe_text(page.page_name),
        page.status,
        safe_text(page.reason),
        str(len(page.messages)),
        _number(page.of_week("expected_revenue"), 2),
        _number(page.of_week("revenue_low"), 2),
        _number(page.of_week("revenue_high"), 2),
        _number(page.of_week("gap"), 4),
        _number(page.creator.get("eros_score"), 1),
        _number(page.creator.get("confidence_score"), 2),
        page.schedule_id or "",
        str(sum(violation.tier == 2 for violation in page.violations)),
        str(sum(violation.tier == 3 for violation in page.violations)),
    ]


def _number(value: Any, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
