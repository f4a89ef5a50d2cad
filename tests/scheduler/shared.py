"""A folder for what is costly to make: test processes of one run share it, later runs do not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from scheduler.warehouse.duckdb_warehouse import DuckDBWarehouse


def shared_folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    """The folder, made when it is absent. Several processes may hold it: take a lock inside."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def reading(database: Path) -> Iterator[DuckDBWarehouse]:
    """A warehouse that other test processes may read at the same time."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        yield DuckDBWarehouse(connection, database)
