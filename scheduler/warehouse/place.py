"""Which warehouse this process works on: the one that the target of the dbt profile names."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.warehouse.base import Warehouse
from scheduler.warehouse.duckdb_warehouse import DuckDBWarehouse
from scheduler.warehouse.file_lock import file_lock
from scheduler.warehouse.profile import BIGQUERY, INSTALL
from scheduler.warehouse.project import DbtProject

_overrides: ContextVar[Mapping[str, Any]] = ContextVar("overrides", default=MappingProxyType({}))


@contextmanager
def overriding(overrides: Mapping[str, Any]) -> Iterator[None]:
    """Settings of one command, for every connection it opens, as dbt has them from `--vars`."""
    token = _overrides.set(overrides)
    try:
        yield
    finally:
        _overrides.reset(token)


def database_path() -> Path:
    """The local path that stands for the warehouse.

    On DuckDB it is the file: `$EROS_DUCKDB_PATH`, or `eros.duckdb` in the working directory. On
    BigQuery nothing is there; the lock of this machine, dbt's files and the fitted models lie
    beside it.
    """
    project = DbtProject.find()
    target = project.target()
    if target.kind != BIGQUERY:
        return Path(os.environ.get("EROS_DUCKDB_PATH") or "eros.duckdb").resolve()
    folder = project.root / "target" / BIGQUERY
    folder.mkdir(parents=True, exist_ok=True)
    return folder / target.name


def connect(
    database: Path | None = None,
    *,
    must_exist: bool = True,
    labels: Mapping[str, object] | None = None,
) -> Warehouse:
    """Open the warehouse.

    Args:
        database: another DuckDB file than that of the environment; BigQuery needs none.
        must_exist: refuse a database that is not there yet, instead of creating it.
        labels: put on BigQuery's jobs.

    Raises:
        SchedulerError: the database is missing, can't be read, or is held by another process; or
            the profile is wrong.
    """
    project = DbtProject.find()
    target = project.target()
    if target.kind != BIGQUERY:
        return DuckDBWarehouse.open(database or database_path(), must_exist=must_exist)
    try:
        # Its packages are an extra, and Google's client takes a second to load.
        room = import_module("scheduler.warehouse.bigquery")
    except ImportError as error:
        raise SchedulerError(
            f"The target {target.name!r} needs the BigQuery packages. Run: {INSTALL}"
        ) from error
    settings = project.with_overrides(_overrides.get())
    opened: Warehouse = room.open_bigquery(target, settings, labels or {}, must_exist=must_exist)
    return opened


@contextmanager
def exclusive(database: Path) -> Iterator[None]:
    """Hold the warehouse for one writing command, across the connections it opens and closes.

    Raises:
        SchedulerError: another command holds it.
    """
    with file_lock(database):
        if DbtProject.find().target().kind != BIGQUERY:
            yield
            return
        with connect(must_exist=False) as warehouse, warehouse.exclusive():
            yield
