"""Copies of the built agency for tests that change it, and runs on them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.marts import build
from scheduler.marts.run_result import RunResult
from scheduler.progress import Silent
from scheduler.run.pipeline import run_week
from scheduler.run.request import RunRequest
from tests.scheduler.conftest import AS_OF, NO_TESTS, RanWeek

Run = Callable[..., RunResult]


def files(folder: Path) -> dict[str, bytes]:
    """Every file below the folder by its path there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session", autouse=True)
def _data_tests_are_left_to_dbt() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(build, "LEFT_OUT", NO_TESTS)
    # One dbt run more for each training: `test_renewal.py` holds that it happens.
    patch.setattr(build, "renew", lambda *_: None)
    patch.setattr(build, "CANDIDATES", ())
    patch.setattr(build, "CURVES", ())
    yield
    patch.undo()


@pytest.fixture
def agency(
    built: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A fresh copy of the built warehouse, which the environment points at.

    Always at the same path, so that dbt need not parse the project for every test: what it parsed
    holds as long as profile and vars stay the same.
    """
    base = tmp_path_factory.getbasetemp()
    folder, kept = base / "agency", base / "partial_parse.msgpack"
    parsed = folder / ".agency_dbt" / "target" / kept.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    database = folder / "agency.duckdb"
    shutil.copyfile(built / "agency.duckdb", database)
    shutil.copytree(built / ".agency_dbt", folder / ".agency_dbt")
    if kept.exists():
        shutil.copyfile(kept, parsed)
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    # A seventh of dbt's time goes into artifacts, which the copy of the first build has.
    monkeypatch.setenv("DBT_WRITE_JSON", "false")
    yield database
    if parsed.exists():
        shutil.copyfile(parsed, kept)


@pytest.fixture
def week(ran: RanWeek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of the warehouse with the published week; its files are in `tmp_path / out`.

    A run of the same week finds its marts, its model and its schedules there.
    """
    database = tmp_path / "agency.duckdb"
    shutil.copyfile(ran.database, database)
    shutil.copytree(ran.database.parent / ".agency_dbt", tmp_path / ".agency_dbt")
    shutil.copytree(ran.output, tmp_path / "out")
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    monkeypatch.setenv("DBT_WRITE_JSON", "false")
    return database


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the week after AS_OF into `tmp_path / out`, or as asked."""

    def start(**options: object) -> RunResult:
        wanted = {"as_of": AS_OF, "output_dir": tmp_path / "out", "max_workers": 2} | options
        return run_week(RunRequest(**wanted), Silent())  # type: ignore[arg-type]

    return start
