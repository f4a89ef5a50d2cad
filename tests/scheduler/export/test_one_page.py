"""Files of one page that can't be written stop no other page's."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from scheduler import export
from scheduler.run.result import PUBLISHED, PageResult, RunResult
from tests.scheduler.export.test_schedule_csv import message

WEEK = (
    "expected_revenue", "revenue_low", "revenue_high", "gap", "upper_bound", "conflict_cost",
    "relaxed", "binding",
)  # fmt: skip


def published(page: str) -> PageResult:
    figures: dict[str, Any] = {f"week_{name}": None for name in WEEK}
    rows = (message(page_name=page, propensity=None, is_explored=False, **figures),)
    return PageResult(page, PUBLISHED, messages=rows)


def test_a_page_whose_files_cannot_be_written_says_so_and_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = ["amber", "in_the_way", "violet", "x" * 300]
    monkeypatch.setattr(export, "read_analyses", lambda _: dict.fromkeys(pages))
    monkeypatch.setattr(export, "text_report", lambda *_: "report")
    (tmp_path / "in_the_way_schedule.csv").mkdir()
    run = RunResult(
        "run", date(2026, 3, 23), datetime(2026, 3, 18), {page: published(page) for page in pages}
    )
    done = export.export_run(None, run, tmp_path)  # type: ignore[arg-type]
    assert {name for name, page in done.pages.items() if page.failed} == {"in_the_way"}
    assert done.pages["in_the_way"].status == PUBLISHED
    assert "in_the_way_schedule.csv cannot be written" in done.pages["in_the_way"].reason
    written = [page.csv_path for name, page in done.pages.items() if name != "in_the_way"]
    assert all(path is not None and path.is_file() for path in written)
    with (tmp_path / "summary.csv").open(newline="", encoding="utf-8") as handle:
        reasons = {row["Page_Name"]: row["Reason"] for row in csv.DictReader(handle)}
    assert [name for name in reasons if reasons[name]] == ["in_the_way"]
