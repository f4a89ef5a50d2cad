"""The files of a week: each page's own and the agency's, and which of them a later run replaces."""

import csv
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.export.file_spec import read_spec
from scheduler.export.week_files import PAGE_FILES, export_published, export_run
from scheduler.marts.run_result import BLOCKED, PageResult
from scheduler.warehouse import connect
from tests.scheduler.conftest import RanWeek
from tests.scheduler.shared import reading

AGENCY_FILES = {
    "summary.csv", "agency_schedule.csv", "agency_schedule.xlsx", "agency_report.html",
}  # fmt: skip


def names_of(page: str) -> set[str]:
    return {read_spec(name).path(Path(), page).name for name in PAGE_FILES}


def files(folder: Path) -> dict[str, bytes]:
    """The files of a folder itself."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def summary(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "summary.csv").open(newline="", encoding="utf-8") as handle:
        return {row["Page_Name"]: row for row in csv.DictReader(handle)}


@pytest.fixture
def output(ran: RanWeek, tmp_path: Path) -> Path:
    """A copy of the files of the published week."""
    folder = tmp_path / "out"
    shutil.copytree(ran.output, folder)
    return folder


def test_a_run_writes_four_files_a_page_four_of_the_agency_and_keeps_the_week_s_copies(
    ran: RanWeek,
) -> None:
    pages = [name for page in ran.result.pages for name in names_of(page)]
    assert len(pages) == 4 * len(ran.result.pages)
    assert set(files(ran.output)) == AGENCY_FILES | set(pages)
    assert files(ran.output / "weeks" / str(ran.result.week)) == files(ran.output)


def test_an_export_writes_the_same_bytes_again(ran: RanWeek, tmp_path: Path) -> None:
    with reading(ran.database) as warehouse:
        result = export_published(warehouse, None, (), tmp_path)
    assert list(result.pages) == list(ran.result.pages)
    once, again = files(ran.output), files(tmp_path)
    # how many captions there were to choose from is known to a run alone
    texts = {name for name in once if name.endswith("_analysis.txt")}
    assert set(again) == set(once)
    assert {name for name in once if once[name] != again[name]} <= texts


def test_the_sheet_of_all_pages_is_every_message_in_order_of_time(ran: RanWeek) -> None:
    with (ran.output / "agency_schedule.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    messages = [row for page in ran.result.pages.values() for row in page.messages]
    times = sorted((row["send_at"], row["page_name"], row["message_id"]) for row in messages)
    assert [row["Message_ID"] for row in rows] == [identity for _, _, identity in times]
    assert [row["Operator_Time"] for row in rows] == sorted(row["Operator_Time"] for row in rows)


def test_a_week_that_the_rulebook_refuses_by_now_leaves_no_files_behind(
    ran: RanWeek, output: Path, tmp_path: Path
) -> None:
    refused, *others = ran.result.pages
    database = tmp_path / "agency.duckdb"
    shutil.copyfile(ran.database, database)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update eros_operations.schedule_templates set price = 999 where page_name = $page",
            {"page": refused},
        )
    with connect(database) as warehouse:
        result = export_published(warehouse, ran.result.week, (), output)
    assert result.pages[refused].reason.startswith("price_range: ")
    for folder in (output, output / "weeks" / str(ran.result.week)):
        assert not names_of(refused) & set(files(folder))
        assert all(names_of(other) <= set(files(folder)) for other in others)
    assert summary(output)[refused]["Status"] == BLOCKED
    assert refused not in (output / "agency_schedule.csv").read_text(encoding="utf-8")


def test_a_run_that_blocks_a_page_leaves_the_files_of_its_published_week(
    ran: RanWeek, output: Path
) -> None:
    name = next(iter(ran.result.pages))
    before = files(output)
    page = PageResult(name, BLOCKED, reason="No caption left.")
    with reading(ran.database) as warehouse:
        done = export_run(warehouse, replace(ran.result, pages={name: page}), output)
    assert list(done.pages) == [name]
    after = files(output)
    assert set(after) == set(before)
    assert {own for own in after if after[own] != before[own]} <= AGENCY_FILES
    rows = summary(output)
    assert list(rows) == list(ran.result.pages), "the summary lists every page"
    assert (rows[name]["Status"], rows[name]["Reason"]) == (BLOCKED, "No caption left.")


def test_a_run_that_blocks_a_page_without_a_week_removes_files_left_behind(
    ran: RanWeek, output: Path, tmp_path: Path
) -> None:
    name = next(iter(ran.result.pages))
    database = tmp_path / "agency.duckdb"
    shutil.copyfile(ran.database, database)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "delete from eros_operations.schedule_templates where page_name = $page",
            {"page": name},
        )
    page = PageResult(name, BLOCKED, reason="No caption left.")
    with connect(database) as warehouse:
        export_run(warehouse, replace(ran.result, pages={name: page}), output)
    assert not names_of(name) & set(files(output))


def test_a_page_whose_file_cannot_be_written_stops_no_other(ran: RanWeek, tmp_path: Path) -> None:
    name, *others = ran.result.pages
    (tmp_path / f"{name}_schedule.csv").mkdir()
    with reading(ran.database) as warehouse:
        result = export_published(warehouse, None, (), tmp_path)
    assert result.pages[name].failed
    assert result.pages[name].reason.startswith("Published, but not written: ")
    assert all(names_of(other) <= set(files(tmp_path)) for other in others)
    assert (tmp_path / "summary.csv").is_file()


@pytest.mark.parametrize(
    ("week", "pages", "told"),
    [
        (date(2026, 1, 5), (), "No published schedule of any page for the week of 2026-01-05"),
        (None, ("nobody",), "No published schedule of nobody for the week of "),
    ],
)
def test_what_was_never_published_is_not_exported(
    week: date | None, pages: tuple[str, ...], told: str, ran: RanWeek, tmp_path: Path
) -> None:
    with reading(ran.database) as warehouse, pytest.raises(SchedulerError, match=told):
        export_published(warehouse, week, pages, tmp_path)
    assert list(tmp_path.iterdir()) == []
