"""A small agency, loaded and built once, and copies of it for tests that change it."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from scheduler.run import build
from scheduler.run.demo import DemoSize, load_demo
from scheduler.run.pipeline import run_week
from scheduler.run.progress import Silent
from scheduler.run.request import RunRequest
from scheduler.run.result import RunResult
from tests.scheduler.shared import shared_folder

AS_OF = datetime(2026, 3, 18, 12)
SIZE = DemoSize(pages=4, messages=2_400, captions=1_200, seed=3)

Run = Callable[..., RunResult]


@pytest.fixture(scope="session", autouse=True)
def _data_tests_are_left_to_dbt() -> Iterator[None]:
    """`make test` runs every dbt test in a build of its own; here only the models matter."""
    patch = pytest.MonkeyPatch()
    patch.setattr(build, "LEFT_OUT", ("unit_test", "test"))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `agency.duckdb`: the demo loaded and its marts built as of AS_OF.

    Test processes share it: the first one builds while the others wait.
    """
    shared = shared_folder(tmp_path_factory, "built_agency")
    with (shared / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("EROS_DUCKDB_PATH", str(shared / "agency.duckdb"))
                load_demo(SIZE, AS_OF, shared / "demo", Silent())
                build.ensure_marts(shared / "agency.duckdb", AS_OF, {}, Silent())
            (shared / "done").touch()
    return shared


@pytest.fixture
def agency(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of the built warehouse, which the environment points at."""
    database = tmp_path / "agency.duckdb"
    shutil.copyfile(built / "agency.duckdb", database)
    shutil.copytree(built / ".agency_dbt", tmp_path / ".agency_dbt")
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    return database


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the week after AS_OF into `tmp_path / out`, or as asked."""

    def start(**options: object) -> RunResult:
        wanted = {"as_of": AS_OF, "output_dir": tmp_path / "out", "max_workers": 2} | options
        return run_week(RunRequest(**wanted), Silent())  # type: ignore[arg-type]

    return start
