"""A week as the warehouse has it: what was published, held against the rulebook once more."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.marts import week_state
from scheduler.marts.inputs import read_creators
from scheduler.marts.run_result import BLOCKED, PUBLISHED, PageResult, RunResult
from scheduler.marts.week_state import illegal_reason, latest_week, read_week
from scheduler.warehouse import DbtProject, Warehouse, connect
from tests.scheduler.conftest import AS_OF, RanWeek

HEADER = "page_name,restriction_type,value,valid_from,valid_until"
LOG = "insert into eros_operations.batch_execution_log by name select 'run' as run_id,"


@pytest.fixture
def database(ran: RanWeek, tmp_path: Path) -> Path:
    """A copy of the published week, to change."""
    path = tmp_path / "agency.duckdb"
    shutil.copyfile(ran.database, path)
    return path


def state(database: Path, ran: RanWeek, *changes: str) -> RunResult:
    with duckdb.connect(str(database)) as connection:
        for sql in changes:
            connection.execute(sql, {"page": first(ran).page_name} if "$page" in sql else {})
    with connect(database) as warehouse:
        return read_week(warehouse, ran.result.week)


def first(ran: RanWeek) -> PageResult:
    return next(iter(ran.result.pages.values()))


def blocked(ran: RanWeek, reason: str, finished: datetime) -> str:
    return (
        f"{LOG} $page as page_name, date '{ran.result.week}' as week_start, 'blocked' as status,"
        f" '{reason}' as reason, timestamp '{finished}' as finished_at"
    )


def test_it_is_what_the_run_published(database: Path, ran: RanWeek) -> None:
    found = state(database, ran)
    with connect(database) as warehouse:
        assert latest_week(warehouse) == ran.result.week
    assert (found.week, found.as_of) == (ran.result.week, AS_OF)
    assert list(found.pages) == list(ran.result.pages)
    for name, page in ran.result.pages.items():
        again = found.pages[name]
        assert (again.status, again.reason) == (PUBLISHED, "")
        assert again.schedule_id == page.schedule_id
        assert again.messages == page.messages
        assert set(again.violations) == set(page.violations)


def test_a_week_that_breaks_a_blocking_rule_by_now_is_blocked_by_that_rule(
    database: Path, ran: RanWeek
) -> None:
    dear = "update eros_operations.schedule_templates set price = 999 where page_name = $page"
    found = state(database, ran, dear)
    page = found.pages[first(ran).page_name]
    assert (page.status, page.messages) == (BLOCKED, ())
    assert page.reason == illegal_reason(page.violations)
    assert page.reason.startswith("price_range: ")
    assert f"(and {sum(v.tier == 1 for v in page.violations) - 1} more)" in page.reason
    assert page.schedule_id == first(ran).schedule_id, "there is one, which is refused"
    others = [found.pages[name] for name in found.pages if name != page.page_name]
    assert {other.status for other in others} == {PUBLISHED}


def test_a_page_without_a_week_has_the_reason_of_its_last_run(database: Path, ran: RanWeek) -> None:
    withdrawn = "delete from eros_operations.schedule_templates where page_name = $page"
    name = first(ran).page_name
    page = state(database, ran, withdrawn).pages[name]
    assert (page.status, page.schedule_id) == (BLOCKED, None)
    assert page.reason == "Not planned for this week yet."
    found = state(
        database, ran, blocked(ran, "No caption left.", datetime(2026, 3, 18, 14)),
        blocked(ran, "No vault row.", datetime(2026, 3, 18, 13)),
    )  # fmt: skip
    assert found.pages[name].reason == "No caption left."


def test_a_page_that_is_no_longer_active_is_listed_as_long_as_it_has_a_week(
    database: Path, ran: RanWeek, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_is_active(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
        creators = read_creators(warehouse)
        return {page: {**row, "is_active": False} for page, row in creators.items()}

    monkeypatch.setattr(week_state, "read_creators", none_is_active)
    name = first(ran).page_name
    assert list(state(database, ran).pages) == list(ran.result.pages)
    withdrawn = "delete from eros_operations.schedule_templates where page_name = $page"
    assert name not in state(database, ran, withdrawn).pages


def test_without_marts_it_says_how_to_build_them(tmp_path: Path, ran: RanWeek) -> None:
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    with (
        connect(tmp_path / "empty.duckdb") as warehouse,
        pytest.raises(SchedulerError, match=r"not built\. Run `scheduler build`"),
    ):
        read_week(warehouse, ran.result.week)


def test_a_restriction_written_since_the_build_holds_at_once(
    database: Path, ran: RanWeek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = first(ran)
    project = tmp_path / "project"
    (project / "seeds").mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.example.yml"):
        shutil.copyfile(DbtProject.find().root / name, project / name)
    restriction = f"{HEADER}\n{page.page_name},pattern,.,,2099-12-31\n"
    (project / "seeds" / "page_restrictions.csv").write_text(restriction, encoding="utf-8")
    monkeypatch.setenv("EROS_PROJECT_DIR", str(project))
    found = state(database, ran)
    assert found.pages[page.page_name].status == BLOCKED
    assert "banned_content" in found.pages[page.page_name].reason
    others = [name for name in ran.result.pages if name != page.page_name]
    assert {found.pages[name].status for name in others} == {PUBLISHED}
