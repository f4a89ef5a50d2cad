"""What a run reads is told before it starts, and is what BigQuery would count."""

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from scheduler.cli import cli
from scheduler.cost.estimate import Part, estimate_run
from scheduler.cost.estimator import Estimator
from scheduler.errors import SchedulerError
from scheduler.marts.inputs import TRAINING_COLUMNS
from scheduler.progress import Silent
from scheduler.warehouse import DbtProject
from scheduler.warehouse.base import Scan
from scheduler.warehouse.duckdb_warehouse import DuckDBWarehouse
from tests.scheduler.warehouse.fake_google import FakeGoogle, failure


@pytest.fixture
def embedded(tmp_path: Path) -> DuckDBWarehouse:
    """Two tables and a view; the text of row 1 has 3 letters, 5 bytes."""
    path = tmp_path / "full.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table sent as select * from (values (1, 'aéß', true, 2.5),"
            " (2, null, false, null)) as t(id, text, is_paid, price);"
            "create table page as select 1::bigint as id, date '2026-03-01' as day;"
            'create table "order" as select 1::bigint as "group", true as other;'
            "create view paid as select id, price from sent where is_paid"
        )
    return DuckDBWarehouse.open(path)


@pytest.mark.parametrize(
    ("sql", "bytes_", "tables"),
    [
        ("select id from sent", 16, 1),
        ("select text from sent", 2 + 5, 1),
        ("select price from sent", 8, 1),
        ("select id from sent where is_paid", 16 + 2, 1),
        ("select id from paid", 16 + 2, 1),
        ("select a.id from sent as a inner join sent as b on b.id = a.id", 16, 1),
        ("select sent.id from sent inner join page on page.id = sent.id", 16 + 8, 2),
        ("select count(*) as n from sent", 0, 1),
        ('select "group" from "order"', 8, 1),
        ("select id from sent where id = 7 and text = 'none such'", 16 + 7, 1),
        ("update sent set is_paid = true where price > 2", 8, 1),
        ("select 1 as one", 0, 0),
    ],
)
def test_a_statement_reads_the_columns_it_names(
    embedded: DuckDBWarehouse, sql: str, bytes_: int, tables: int
) -> None:
    found = embedded.scan(sql)
    if sql.startswith("update"):
        # the engine carries every column of the rows it rewrites
        assert bytes_ <= found.bytes <= 16 + 7 + 2 + 8
        assert found.columns == ()
    else:
        assert (found.bytes, found.tables) == (bytes_, tables)


def test_a_table_that_is_not_there_is_not_counted(embedded: DuckDBWarehouse) -> None:
    assert embedded.scan_all(["select id from gone", "select id from sent"]) == [None, Scan(16, 1)]
    with pytest.raises(SchedulerError, match="scheduler build"):
        embedded.scan("select id from gone")
    assert embedded.scan("select id as a, price as b from sent").columns == ("a", "b")


def test_what_a_run_cannot_ask_yet_is_counted_as_missing(embedded: DuckDBWarehouse) -> None:
    asked = Estimator(embedded)
    with pytest.raises(SchedulerError):
        asked.query("select page_name from eros_marts.creators")
    result = asked.query("select id from sent where price > $price", {"price": 1.0})
    assert (result.column_names, result.num_rows) == (["id"], 0)
    asked.append("sent", result, ["text"])
    assert asked.scans == [Scan(24, 1, ("id",)), Scan(7, 1, ("text",))]
    assert asked.missing == 1


def test_a_small_table_is_billed_as_ten_megabytes() -> None:
    part = Part("models", (Scan(5_000_000, 3), Scan(0, 0), Scan(90_000_000, 1)))
    assert part.read() == 95_000_000
    assert part.billed() == 30_000_000 + 10_000_000 + 90_000_000
    assert part.read(100) == 9_500_000_000
    assert part.billed(100) == 500_000_000 + 10_000_000 + 9_000_000_000


def test_bigquery_is_asked_by_dry_runs(google: FakeGoogle) -> None:
    warehouse = google.warehouse()
    scan = warehouse.scan("select id from eros_marts.creators where week = $week", {"week": 1})
    assert scan.bytes == 4096
    assert google.jobs == {}
    google.refused = [failure(404, "notFound", "Not found: Table demo:eros_marts.gone")]
    assert sorted(warehouse.scan_all(["select 1", "select 2"]), key=str) == [
        None, Scan(4096, 0),
    ]  # fmt: skip


def test_what_was_billed_is_read_from_the_labels_of_the_jobs(google: FakeGoogle) -> None:
    at = int(datetime(2026, 3, 22, 20, tzinfo=UTC).timestamp() * 1e6)
    google.columns = [
        ("command", "STRING"), ("started_at", "TIMESTAMP"), ("jobs", "INTEGER"),
        ("bytes_read", "INTEGER"), ("bytes_billed", "INTEGER"),
    ]  # fmt: skip
    google.rows = [["20260322-200000-ab12cd", str(at), "210", "81000000", "2400000000"]]
    (found,) = google.warehouse().billed(30)
    assert found.started_at == datetime(2026, 3, 22, 20)
    assert (found.jobs, found.bytes_billed) == (210, 2_400_000_000)
    (sql,) = google.statements
    assert "`demo.region-us`.INFORMATION_SCHEMA.JOBS_BY_PROJECT" in sql
    assert "@label" in sql


def test_the_embedded_warehouse_bills_nothing(
    embedded: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(embedded.path))
    embedded.close()
    result = CliRunner().invoke(cli, ["cost", "--billed"])
    assert isinstance(result.exception, SchedulerError)
    assert "DuckDB bills nothing" in str(result.exception)


def test_a_run_is_estimated_statement_by_statement_and_nothing_is_changed(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "agency.duckdb"
    shutil.copyfile(built / "agency.duckdb", database)
    shutil.copytree(built / ".agency_dbt", tmp_path / ".agency_dbt")
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    # what dbt compiled for the build of these very marts stands there already
    monkeypatch.setattr(DbtProject, "run", lambda *_: None)
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    parts, _ = estimate_run(database, {}, Silent())
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before
    models, tests, scheduler = parts
    assert [part.missing for part in parts] == [0, 0, 0]
    assert len(models.scans) > 50
    assert tests.name == "tests"
    with DuckDBWarehouse.open(database) as warehouse:
        training = warehouse.scan(
            f"select {', '.join(TRAINING_COLUMNS)} from eros_marts.training_messages"  # noqa: S608
        )
    assert training.bytes in {scan.bytes for scan in scheduler.scans}
    # 13 MB when this was written: a statement that reads far more than it needs is seen here
    assert sum(part.read() for part in (models, scheduler)) < 20e6


@pytest.fixture
def google() -> FakeGoogle:
    return FakeGoogle()
