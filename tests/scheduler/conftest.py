"""A small agency, loaded and built once for all rooms that need a warehouse."""

import fcntl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from scheduler.cli.demo import DemoSize, load_demo
from scheduler.marts import build
from scheduler.progress import Silent
from tests.scheduler.shared import shared_folder

AS_OF = datetime(2026, 3, 18, 12)
SIZE = DemoSize(pages=4, messages=2_400, captions=1_200, seed=3)
# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# `make test` runs every dbt test in a build of its own; here only the models matter.
NO_TESTS = ("unit_test", "test")


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
