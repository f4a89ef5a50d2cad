"""A week replanned on its Wednesday: what went out stays, what failed is planned again."""

import csv
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from scheduler.loading import load_directory
from scheduler.loading.embedded import DuckDBRawTables
from scheduler.marts.run_result import PageResult, RunResult
from scheduler.progress import Silent
from scheduler.run.pipeline import run_week
from scheduler.run.request import RunRequest
from tests.scheduler.editing.test_lock import ask, sheets

NOW = datetime(2026, 3, 25, 23)
"""A Wednesday afternoon in Los Angeles."""
COLUMNS = (
    "row_id", "page_name", "message", "sending_time", "price", "sent_count", "viewed_count",
    "purchased_count", "earnings", "message_type",
)  # fmt: skip
OF_THE_VERSION = {"Schedule_ID", "Confidence"}
WEEK = (
    "select page_name, message_id, send_at, price, caption_key, caption_text, expected_revenue,"
    " revenue_low, revenue_high from eros_operations.schedule_templates where status = 'active'"
    " order by page_name, send_at"
)


@dataclass(frozen=True)
class Wednesday:
    """The week before and after it was replanned.

    Attributes:
        page: four of its messages were due, three of them went out.
        sent: ids of those three.
        failed: row of the fourth.
    """

    page: str
    sent: tuple[str, ...]
    failed: tuple[object, ...]
    before: dict[str, list[dict[str, str]]]
    after: dict[str, list[dict[str, str]]]
    rows_before: list[tuple[object, ...]]
    rows_after: list[tuple[object, ...]]
    log: list[tuple[object, ...]]
    result: RunResult

    @property
    def planned(self) -> PageResult:
        return self.result.pages[self.page]


def load_sends(database: Path, rows: list[tuple[object, ...]], folder: Path) -> None:
    """Load planned messages as sent."""
    folder.mkdir()
    with (folder / "mass_messages.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for number, (page, _, at, price, _, text, *_) in enumerate(rows):
            sales = [900, 400, 8, 8 * float(str(price))]
            writer.writerow([5_000_000 + number, page, text, f"{at:%Y-%m-%dT%H:%M:%SZ}", price,
                             *sales, "ppv"])  # fmt: skip
    with duckdb.connect(str(database)) as connection:
        load_directory(DuckDBRawTables(connection), folder)


@pytest.fixture(scope="module")
def wednesday(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Wednesday:
    folder = tmp_path_factory.getbasetemp() / "wednesday"
    shutil.copytree(planned, folder)
    database, out = folder / "agency.duckdb", folder / "out"
    rows, before = ask(database, WEEK), sheets(out)
    due = [row for row in rows if row[2] <= NOW]  # type: ignore[operator]
    counts = {row[0]: sum(other[0] == row[0] for other in due) for row in due}
    page = min(str(page) for page, count in counts.items() if count == 4)
    own = [row for row in due if row[0] == page]
    failed = own[1]
    load_sends(database, [row for row in due if row is not failed], folder / "sends")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EROS_DUCKDB_PATH", str(database))
        patch.setenv("DBT_WRITE_JSON", "false")
        request = RunRequest(as_of=NOW, from_now=True, output_dir=out, max_workers=2)
        result = run_week(request, Silent())
    return Wednesday(
        page=page,
        sent=tuple(str(row[1]) for row in own if row is not failed),
        failed=failed,
        before=before,
        after=sheets(out),
        rows_before=rows,
        rows_after=ask(database, WEEK),
        log=ask(
            database,
            "select message_id, was_sent from eros_operations.schedule_performance_log"
            " order by planned_at",
        ),
        result=result,
    )


def test_what_was_sent_stays_in_sheet_and_warehouse_to_the_byte(wednesday: Wednesday) -> None:
    assert len(wednesday.sent) == 3
    for before, after in ((wednesday.before[wednesday.page], wednesday.after[wednesday.page]),):
        old, new = ({row["Message_ID"]: row for row in rows} for rows in (before, after))
        for key in wednesday.sent:
            assert {
                name: cell for name, cell in new[key].items() if name not in OF_THE_VERSION
            } == {name: cell for name, cell in old[key].items() if name not in OF_THE_VERSION}
    # what was foretold of it, too: the outcome is known by now
    stands = [row for row in wednesday.rows_before if row[1] in wednesday.sent]
    assert [row for row in wednesday.rows_after if row[1] in wednesday.sent] == stands


def test_what_failed_is_planned_again_from_now_on(wednesday: Wednesday) -> None:
    new = [row for row in wednesday.rows_after if row[0] == wednesday.page]
    assert wednesday.failed[1] not in [row[1] for row in new]
    fresh = [row for row in new if row[1] not in {row[1] for row in wednesday.rows_before}]
    assert fresh
    assert all(row[2] > NOW for row in fresh)  # type: ignore[operator]
    assert (wednesday.failed[1], False) in wednesday.log


def test_the_whole_week_keeps_every_rule(wednesday: Wednesday) -> None:
    page = wednesday.planned
    assert page.reason in (None, "")
    # what the page's standing and data say, whatever its week
    given = {"eros_score", "confidence_target", "declining_page", "data_evidence"}
    assert {found.rule for found in page.violations} <= given
    rows = [row for row in wednesday.rows_after if row[0] == wednesday.page]
    assert 2 <= len(rows) <= 15
    assert len({row[4] for row in rows}) == len(rows)
    assert len([row for row in rows if row[2] <= NOW]) == 3  # type: ignore[operator]


def test_the_difference_to_the_published_week_is_told(wednesday: Wednesday) -> None:
    told = "\n".join(wednesday.result.told)
    assert told.startswith("Published weeks: ")
    assert f"{wednesday.page}: " in told
    new = {row[1] for row in wednesday.rows_after}
    changed = {
        page: len([r for r in wednesday.rows_before if r[0] == page and r[1] not in new])
        for page in wednesday.result.pages
    }
    for page, count in changed.items():
        if count and page != wednesday.page:
            assert f"{page}: " in told
