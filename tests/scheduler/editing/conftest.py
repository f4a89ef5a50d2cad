"""A copy of the built agency in which one week is planned, and commands upon it."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scheduler.cli.group import cli
from scheduler.marts import build
from scheduler.marts.run_result import RunResult
from scheduler.progress import Silent
from scheduler.run.pipeline import run_week
from scheduler.run.request import RunRequest
from tests.scheduler.conftest import AS_OF, NO_TESTS
from tests.scheduler.shared import shared_folder

Run = Callable[..., RunResult]
Command = Callable[..., Result]


@pytest.fixture(scope="session", autouse=True)
def _data_tests_are_left_to_dbt() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(build, "LEFT_OUT", NO_TESTS)
    patch.setattr(build, "renew", lambda *_: None)
    patch.setattr(build, "CANDIDATES", ())
    patch.setattr(build, "CURVES", ())
    yield
    patch.undo()


@pytest.fixture(scope="session")
def planned(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built agency after one run, and that run's files in `out`."""
    shared = shared_folder(tmp_path_factory, "edited_week")
    with (shared / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            shutil.copyfile(built / "agency.duckdb", shared / "agency.duckdb")
            shutil.copytree(built / ".agency_dbt", shared / ".agency_dbt")
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("EROS_DUCKDB_PATH", str(shared / "agency.duckdb"))
                request = RunRequest(as_of=AS_OF, output_dir=shared / "out", max_workers=2)
                run_week(request, Silent())
            (shared / "done").touch()
    return shared


@pytest.fixture
def agency(
    planned: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A fresh copy of it, which the environment points at; its files are in `out` beside it."""
    folder = tmp_path_factory.getbasetemp() / "edited_agency"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(planned, folder)
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(folder / "agency.duckdb"))
    monkeypatch.setenv("DBT_WRITE_JSON", "false")
    return folder / "agency.duckdb"


@pytest.fixture
def out(agency: Path) -> Path:
    """Where the agency's files are."""
    return agency.parent / "out"


@pytest.fixture
def run(out: Path) -> Run:
    """Plan the week anew, or as asked."""

    def start(**options: object) -> RunResult:
        wanted = {"as_of": AS_OF, "output_dir": out, "max_workers": 2} | options
        return run_week(RunRequest(**wanted), Silent())  # type: ignore[arg-type]

    return start


@pytest.fixture
def command(agency: Path) -> Command:
    """A command of the command line, which must end with this exit code."""

    def call(*words: object, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=True)
        told = f"{result.output}\n{result.exception!r}"
        assert (0 if result.exception is None else getattr(result.exception, "code", 2)) == code, (
            told
        )
        return result

    return call
