"""The rollback of docs/deployment.md, run as it stands there."""

import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from scheduler.marts.schedules import TEMPLATE_SCHEMA, TEMPLATES
from scheduler.warehouse.duckdb_warehouse import DuckDBWarehouse
from tests.scheduler.project.files import ROOT

WEEK = date(2026, 11, 30)


def documented(step: str) -> str:
    """The SQL under a mark of the page."""
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- rollback: {step} -->\n```sql\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found.group(1).replace("the earlier one", "old")


@pytest.fixture
def warehouse(built: Path, tmp_path: Path) -> DuckDBWarehouse:
    """Two versions of a page's week, the later one active; another page and another week beside."""
    path = tmp_path / "agency.duckdb"
    shutil.copyfile(built / "agency.duckdb", path)
    opened = DuckDBWarehouse.open(path)
    versions = [
        ("old", "amberpetal", WEEK, "superseded", 1), ("new", "amberpetal", WEEK, "active", 2),
        ("older", "amberpetal", WEEK, "superseded", 0), ("draft", "amberpetal", WEEK, "blocked", 3),
        ("other", "mistyecho", WEEK, "active", 2),
        ("past", "amberpetal", date(2026, 11, 23), "active", 0),
    ]  # fmt: skip
    rows = [
        dict.fromkeys(TEMPLATE_SCHEMA.names)
        | {
            "schedule_id": name, "page_name": page, "week_start": week, "status": status,
            "message_id": f"{name}_{i}", "send_at": datetime(2026, 11, 30, 8 + 4 * i),
            "price": 500.0 if name == "old" else 20.0, "written_at": datetime(2026, 11, 20, hour),
        }
        for name, page, week, status, hour in versions
        for i in range(2)
    ]  # fmt: skip
    opened.append(TEMPLATES, pa.Table.from_pylist(rows, schema=TEMPLATE_SCHEMA))
    return opened


def test_the_versions_of_a_week_are_found_latest_first(warehouse: DuckDBWarehouse) -> None:
    found = warehouse.query(documented("find")).to_pylist()
    assert [row["schedule_id"] for row in found] == ["draft", "new", "old", "older"]
    assert {row["messages"] for row in found} == {2}


def test_the_earlier_version_is_the_only_active_one_afterwards(warehouse: DuckDBWarehouse) -> None:
    warehouse.execute(documented("activate"))
    status = dict(
        warehouse.connection.execute(
            f"select distinct schedule_id, status from {TEMPLATES}"  # noqa: S608
        ).fetchall()
    )
    assert status == {
        "old": "active", "new": "superseded", "older": "superseded", "draft": "blocked",
        "other": "active", "past": "active",
    }  # fmt: skip


def test_the_check_shows_what_the_earlier_version_breaks(warehouse: DuckDBWarehouse) -> None:
    warehouse.execute(documented("activate"))
    found = warehouse.query(documented("check")).to_pylist()
    broken = {(row["rule"], row["message_id"]) for row in found}
    assert {("price_range", "old_0"), ("price_range", "old_1")} <= {
        (rule.removeprefix("rule_"), message) for rule, message in broken
    }
    assert {row["tier"] for row in found} == {1}
