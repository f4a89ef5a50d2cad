"""A small agency, loaded and built once for all rooms that need a warehouse."""

import fcntl
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from scheduler.cli.demo import DemoSize, load_demo
from scheduler.marts import build
from scheduler.marts.run_result import RunResult
from scheduler.progress import Silent
from scheduler.run.pipeline import run_week
from scheduler.run.request import RunRequest
from tests.scheduler.shared import shared_folder

AS_OF = datetime(2026, 3, 18, 12)
SIZE = DemoSize(pages=4, messages=2_400, captions=1_200, seed=3)
# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# `make test` runs every dbt test in a build of its own; here only the models matter.
NO_TESTS = ("unit_test", "test")
# What follows a training, as it was before the tests of a room left it out.
RENEWING = {name: getattr(build, name) for name in ("renew", "CANDIDATES", "CURVES")}


@pytest.fixture(scope="session", autouse=True)
def _logs_stay_out_of_the_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EROS_LOG_DIR", str(tmp_path_factory.mktemp("logs")))
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `agency.duckdb`: the demo loaded and its marts built as of AS_OF.

    Test processes share it: the first one builds while the others wait. What changes it takes a
    copy, with the folder `.agency_dbt` beside it where dbt runs again.
    """
    shared = shared_folder(tmp_path_factory, "built_agency")
    with (shared / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(build, "LEFT_OUT", NO_TESTS)
                patch.setenv("EROS_DUCKDB_PATH", str(shared / "agency.duckdb"))
                load_demo(SIZE, AS_OF, shared / "demo", Silent())
                build.ensure_marts(shared / "agency.duckdb", AS_OF, {}, Silent())
            (shared / "done").touch()
    return shared


@dataclass(frozen=True)
class RanWeek:
    """A week that was planned and published on a copy of the built agency.

    Attributes:
        database: with everything that follows a training.
        output: the files of the week.
        result: what the run told its caller.
    """

    database: Path
    output: Path
    result: RunResult


@pytest.fixture(scope="session")
def ran(built: Path, tmp_path_factory: pytest.TempPathFactory) -> RanWeek:
    """The week after AS_OF, run once for all test processes. What changes it takes a copy."""
    folder = shared_folder(tmp_path_factory, "ran_week")
    database, output, told = folder / "agency.duckdb", folder / "out", folder / "result.pickle"
    with (folder / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not told.exists():
            shutil.copyfile(built / "agency.duckdb", database)
            shutil.copytree(built / ".agency_dbt", folder / ".agency_dbt")
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("EROS_DUCKDB_PATH", str(database))
                for name, value in ({"LEFT_OUT": NO_TESTS} | RENEWING).items():
                    patch.setattr(build, name, value)
                request = RunRequest(as_of=AS_OF, output_dir=output, max_workers=2)
                result = run_week(request, Silent())
            told.write_bytes(pickle.dumps(result))
    return RanWeek(database, output, pickle.loads(told.read_bytes()))  # noqa: S301 - our own
