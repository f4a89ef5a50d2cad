"""A copy of the demo with clean weeks, and each fault planted into it undone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from scheduler.moments import format_time
from scheduler.warehouse import DbtProject
from tests.scheduler.conftest import AS_OF
from tests.scheduler.mutation.ground import Connection, Ground, plan_clean_weeks, survey


@pytest.fixture(scope="package")
def project() -> DbtProject:
    return DbtProject.find()


@pytest.fixture(scope="package")
def variables(project: DbtProject) -> dict[str, str]:
    """Those of the build: dbt then reads no file again."""
    return {"as_of": format_time(AS_OF), "project_fingerprint": project.fingerprint()}


@pytest.fixture(scope="package")
def clean(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the built demo with two clean weeks, which dbt can run on."""
    folder = tmp_path_factory.mktemp("mutation")
    shutil.copyfile(built / "agency.duckdb", folder / "agency.duckdb")
    shutil.copytree(built / ".agency_dbt", folder / ".agency_dbt")
    with duckdb.connect(str(folder / "agency.duckdb")) as connection:
        ground = survey(connection)
        plan_clean_weeks(connection, ground)
    return folder / "agency.duckdb"


@pytest.fixture(scope="package")
def ground(clean: Path) -> Ground:
    with duckdb.connect(str(clean)) as connection:
        return survey(connection)


@pytest.fixture
def connection(clean: Path) -> Iterator[Connection]:
    """The clean copy in a transaction that is undone."""
    with duckdb.connect(str(clean)) as opened:
        opened.execute("begin")
        yield opened
        opened.execute("rollback")
