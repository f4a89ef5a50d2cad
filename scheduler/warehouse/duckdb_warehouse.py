"""DuckDB, embedded: the default warehouse, one file, no account and no network."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

import duckdb
import pyarrow as pa

from scheduler import log
from scheduler.errors import SchedulerError, WarehouseBusy
from scheduler.warehouse.base import Billed, Params, Scan
from scheduler.warehouse.sizes import Sizes, scanned_bytes

_HELD = "lock on file"
_TROUBLES = (
    (_HELD, "The warehouse {path} is in use by another process. Wait for it to end, then"
     " retry."),
    ("not a valid duckdb", "{path} is not a DuckDB database. Point EROS_DUCKDB_PATH at another"
     " file."),
    ("no space left", "The disk of {path} is full. Make room, then run the command again."),
    ("file too large", "{path} may not grow further: a limit of the system is reached. Raise it,"
     " then run the command again."),
    ("corrupt", "{path} is damaged. Put a copy of it back, or remove it and load the files again."),
    ("checksum", "{path} is damaged. Put a copy of it back, or remove it and load the files"
     " again."),
)  # fmt: skip
"""Words of DuckDB's messages, and what to tell instead; the first that fits."""
# A table is missing, or has not the columns that this version reads.
_NOT_THERE = (duckdb.CatalogException, duckdb.BinderException)


class DuckDBWarehouse:
    """A `Warehouse` over one DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._sizes: Sizes = {}

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
        return cls(connection, path)

    @property
    def description(self) -> str:
        """The file."""
        return str(self.path)

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        """Rows of a SELECT as Arrow."""
        with log.timed("query", sql=log.short_sql(sql)) as told, self._explained():
            rows = self.connection.sql(sql, params=dict(params or {})).to_arrow_table()
            told["rows"] = rows.num_rows
        return rows

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement for its effect."""
        with log.timed("query", sql=log.short_sql(sql)), self._explained():
            self.connection.execute(sql, dict(params or {})).fetchall()

    def append(self, table: str, rows: pa.Table, key: Sequence[str] = ()) -> None:
        """Add rows to a table by column name; columns that are not given stay NULL.

        Args:
            table: `schema.name`.
            rows: what to add.
            key: columns that identify a row; rows the table has already are left out.
        """
        same = " and ".join(f"held.{name} = fresh.{name}" for name in key) or "false"
        self.connection.register("rows_to_append", rows)
        try:
            with (
                log.timed("query", sql=f"insert into {table}", rows=rows.num_rows),
                self._explained(),
            ):
                self.connection.execute(
                    f"insert into {table} by name select * from rows_to_append as fresh"  # noqa: S608 - names are literals of this package
                    f" where not exists (select 1 from {table} as held where {same})"
                )
        finally:
            # In a transaction that an error has ended this fails, and that error is to be told.
            with suppress(duckdb.Error):
                self.connection.unregister("rows_to_append")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside take effect together, or none does."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            # After an error of the disk there is none left to undo, and that error is to be told.
            with suppress(duckdb.Error):
                self.connection.rollback()
            raise
        with self._explained():
            self.connection.commit()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in one line what is wrong with the disk or the file."""
        try:
            yield
        except duckdb.Error as error:
            told = _trouble_of_the_file(self.path, str(error))
            if told is None:
                raise
            raise SchedulerError(told) from error

    def exists(self, relation: str) -> bool:
        """Whether `schema.name` is a table or a view."""
        schema, name = relation.split(".")
        found = self.query(
            "select count(*) as n from information_schema.tables"
            " where table_schema = $schema and table_name = $name",
            {"schema": schema, "name": name},
        )
        return bool(found.column("n")[0].as_py())

    def scan(self, sql: str, params: Params | None = None) -> Scan:
        """What BigQuery would read, told from the plan and the sizes of the columns."""
        try:
            found = scanned_bytes(self.connection, sql, params or {}, self._sizes)
            columns = self.connection.execute(f"describe {sql}", dict(params or {})).fetchall()
        except _NOT_THERE as error:
            raise SchedulerError(
                "The marts are not built as this version needs them. Run `scheduler build`."
            ) from error
        except duckdb.ParserException:
            # a statement that gives no rows has no columns to describe
            columns = []
        return Scan(sum(found.values()), len(found), tuple(row[0] for row in columns))

    def scan_all(self, statements: Sequence[str]) -> list[Scan | None]:
        """The same for what dbt compiled."""
        return [self._scan_or_none(sql) for sql in statements]

    def _scan_or_none(self, sql: str) -> Scan | None:
        try:
            found = scanned_bytes(self.connection, sql, {}, self._sizes)
        except _NOT_THERE:
            return None
        return Scan(sum(found.values()), len(found))

    def billed(self, days: int) -> list[Billed]:
        """Nothing is billed here."""
        raise SchedulerError(
            "DuckDB bills nothing. Choose the BigQuery target: DBT_TARGET=bigquery scheduler cost"
            " --billed."
        )

    def exclusive(self) -> AbstractContextManager[None]:
        """DuckDB lets nobody else in while the file is open."""
        return nullcontext()

    def close(self) -> None:
        """Let go of the file, so that dbt or another process may open it."""
        self.connection.close()

    def __enter__(self) -> "DuckDBWarehouse":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _cannot_open(path: Path, error: duckdb.Error) -> SchedulerError:
    text = str(error)
    kind = WarehouseBusy if _HELD in text.lower() else SchedulerError
    return kind(
        _trouble_of_the_file(path, text)
        or f"The warehouse {path} cannot be opened ({text.splitlines()[0]}). "
        "Check the path and its permissions."
    )


def _trouble_of_the_file(path: Path, text: str) -> str | None:
    """What DuckDB's words mean for the file, and what to do; None when they are about SQL."""
    for words, told in _TROUBLES:
        if words in text.lower():
            return told.format(path=path)
    return None
