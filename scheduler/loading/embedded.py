"""The raw tables on DuckDB."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import duckdb
import pyarrow as pa

from scheduler.loading.contract import RAW_SCHEMA, Kind
from scheduler.loading.raw_tables import RawTables

_ZONED = "TIMESTAMP WITH TIME ZONE"


class DuckDBRawTables(RawTables):
    """The raw schema of the database a connection is on.

    The database is named in full: one in a file called `eros_raw.duckdb` would otherwise be taken
    for the schema.
    """

    engine: ClassVar[str] = "duckdb"
    sql_types: ClassVar[Mapping[Kind, str]] = {
        Kind.TEXT: "VARCHAR",
        Kind.KEY: "VARCHAR",
        Kind.INTEGER: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.TIMESTAMP: "TIMESTAMP",
    }

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._catalog = str(self._value("select current_database()"))

    @contextmanager
    def staged(self, files: Mapping[str, pa.Table]) -> Iterator[None]:
        """The rows of each raw table's file, readable without a copy."""
        for table, rows in files.items():
            self._connection.register(self._staging(table), rows)
        try:
            yield
        finally:
            for table in files:
                self._connection.unregister(self._staging(table))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept, new tables and columns too, or nothing is."""
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise

    def is_view(self, table: str) -> bool:
        """Whether the raw table is a view, into which nothing can be written."""
        sql = (
            "select count(*) from information_schema.tables where table_catalog = $catalog"
            " and table_schema = $schema and table_name = $table and table_type = 'VIEW'"
        )
        return bool(self.rows(sql, self._place(table))[0][0])

    def column_types(self, table: str) -> dict[str, str]:
        """SQL type of each column, in order; empty when the table does not exist."""
        sql = (
            "select column_name, data_type from information_schema.columns"
            " where table_catalog = $catalog and table_schema = $schema"
            " and lower(table_name) = $table order by ordinal_position"
        )
        return {str(name): str(type_) for name, type_ in self.rows(sql, self._place(table))}

    def create(self, table: str, columns: Mapping[str, Kind]) -> None:
        """An empty raw table, with its schema where that is missing too."""
        schema = f"{self.quoted(self._catalog)}.{self.quoted(RAW_SCHEMA)}"
        self._connection.execute(f"create schema if not exists {schema}")
        definitions = ", ".join(self._definitions(columns))
        self._connection.execute(f"create table {self.name(table)} ({definitions})")

    def add_columns(self, table: str, columns: Mapping[str, Kind]) -> None:
        """More columns, NULL in the rows that are there."""
        for definition in self._definitions(columns):
            self._connection.execute(f"alter table {self.name(table)} add column {definition}")

    def rename_column(self, table: str, old: str, new: str) -> None:
        """A column of the raw table under another name."""
        names = f"{self.quoted(old)} to {self.quoted(new)}"
        self._connection.execute(f"alter table {self.name(table)} rename column {names}")

    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """What a SELECT gives."""
        return self._connection.execute(sql, dict(params or {})).fetchall()

    def _execute(self, sql: str, params: Mapping[str, Any]) -> None:
        self.rows(sql, params)

    def _place(self, table: str) -> dict[str, str]:
        return {"catalog": self._catalog, "schema": RAW_SCHEMA, "table": table}

    def name(self, table: str) -> str:
        """The raw table, in full."""
        return ".".join(self.quoted(part) for part in (self._catalog, RAW_SCHEMA, table))

    def _staging(self, table: str) -> str:
        return f"_load_{table}"

    def quoted(self, name: str) -> str:
        """A name as SQL takes it, whatever is in it."""
        return '"' + name.replace('"', '""') + '"'

    def _cast(self, value: str, from_type: str, to_type: str) -> str:
        if from_type == to_type:
            return value
        if {from_type, to_type} == {_ZONED, "TIMESTAMP"}:
            return f"({value} at time zone 'UTC')"
        return f"try_cast({value} as {to_type})"
