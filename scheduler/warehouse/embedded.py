"""DuckDB, embedded: the default warehouse, one file, no account and no network."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from scheduler.errors import SchedulerError
from scheduler.warehouse.base import Params


def database_path() -> Path:
    """The DuckDB file: `$EROS_DUCKDB_PATH`, or `eros.duckdb` in the working directory."""
    return Path(os.environ.get("EROS_DUCKDB_PATH") or "eros.duckdb").resolve()


class DuckDBWarehouse:
    """A `Warehouse` over one DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, path: Path, *, must_exist: bool = True) -> "DuckDBWarehouse":
        """Connect to a file.

        Raises:
            SchedulerError: the file is missing (and must exist), is no DuckDB database, can't be
                written, or is held by another process.
        """
        if must_exist and not path.exists():
            raise SchedulerError(
                f"The warehouse {path} does not exist. "
                "Run `scheduler load DIR` with your files, or `scheduler demo`."
            )
        if not path.parent.is_dir():
            raise SchedulerError(f"The folder {path.parent} does not exist. Create it first.")
        try:
            connection = duckdb.connect(str(path))
        except duckdb.Error as error:
            raise _cannot_open(path, error) from error
        connection.execute("set timezone = 'UTC'")
        connection.execute("set memory_limit = '1GB'")
        return cls(connection)

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        """Rows of a SELECT as Arrow."""
        return self.connection.sql(sql, params=dict(params or {})).to_arrow_table()

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement for its effect."""
        self.connection.execute(sql, dict(params or {})).fetchall()

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows to a table by column name; columns that are not given stay NULL."""
        self.connection.register("rows_to_append", rows)
        try:
            self.execute(
                f"insert into {table} by name select * from rows_to_append"  # noqa: S608 - table names are literals of this package
            )
        finally:
            self.connection.unregister("rows_to_append")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside take effect together, or none does."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def exists(self, relation: str) -> bool:
        """Whether `schema.name` is a table or a view."""
        schema, name = relation.split(".")
        found = self.query(
            "select count(*) as n from information_schema.tables"
            " where table_schema = $schema and table_name = $name",
            {"schema": schema, "name": name},
        )
        return bool(found.column("n")[0].as_py())

    def close(self) -> None:
        """Let go of the file, so that dbt or another process may open it."""
        self.connection.close()

    def __enter__(self) -> "DuckDBWarehouse":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _cannot_open(path: Path, error: duckdb.Error) -> SchedulerError:
    text = str(error)
    if "lock" in text.lower():
        return SchedulerError(
            f"The warehouse {path} is in use by another process. Wait for it to end, then retry."
        )
    if isinstance(error, duckdb.IOException) and "not a valid DuckDB" in text:
        return SchedulerError(
            f"{path} is not a DuckDB database. Point EROS_DUCKDB_PATH at another file."
        )
    return SchedulerError(
        f"The warehouse {path} cannot be opened ({text.splitlines()[0]}). "
        "Check the path and its permissions."
    )
