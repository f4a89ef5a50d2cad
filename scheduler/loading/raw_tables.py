"""The raw tables on DuckDB: every statement a load needs, each behind one method.

Another warehouse takes part by offering the same methods.
"""

# ruff: noqa: S608 - values are bound; names can't be, so they are quoted in one place, _quoted

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from scheduler.loading.contract import LOADED_AT, RAW_SCHEMA, Kind

_SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.KEY: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.TIMESTAMP: "TIMESTAMP",
}
_ZONED = "TIMESTAMP WITH TIME ZONE"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A staged file next to the raw table it is for.

    Attributes:
        table: name of the raw table.
        types: SQL type of each of its columns.
        sources: the staged column that a column of the raw table takes; NULL where it has none.
        kinds: what each staged column holds.
    """

    table: str
    types: Mapping[str, str]
    sources: Mapping[str, str]
    kinds: Mapping[str, Kind]

    @property
    def columns(self) -> list[str]:
        """The raw table's columns that make up a row."""
        return [column for column in self.types if column.lower() != LOADED_AT]


class RawTables:
    """The raw schema of the database a connection is on.

    The database is named in full: one in a file called `eros_raw.duckdb` would otherwise be taken
    for the schema.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._catalog = str(self._value("select current_database()"))

    @contextmanager
    def staged(self, files: Mapping[str, pa.Table]) -> Iterator[None]:
        """The rows of each raw table's file, readable by the methods below."""
        for table, rows in files.items():
            self._connection.register(_staging(table), rows)
        try:
            yield
        finally:
            for table in files:
                self._connection.unregister(_staging(table))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept, or nothing is."""
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise

    def last_loaded_at(self) -> datetime | None:
        """The latest `_loaded_at` of any raw table, UTC without zone."""
        tables = self._rows(
            "select table_name, data_type from information_schema.columns"
            " where table_catalog = ? and table_schema = ? and lower(column_name) = ?",
            [self._catalog, RAW_SCHEMA, LOADED_AT],
        )
        times = [
            self._value(
                f"select {_cast(f'max({LOADED_AT})', str(type_), 'TIMESTAMP')}"
                f" from {self._name(str(table))}"
            )
            for table, type_ in tables
        ]
        return max((time for time in times if isinstance(time, datetime)), default=None)

    def is_view(self, table: str) -> bool:
        """Whether the raw table is a view, into which nothing can be written."""
        sql = (
            "select count(*) from information_schema.tables where table_catalog = ?"
            " and table_schema = ? and table_name = ? and table_type = 'VIEW'"
        )
        return bool(self._value(sql, [self._catalog, RAW_SCHEMA, table]))

    def column_types(self, table: str) -> dict[str, str]:
        """SQL type of each column, in order; empty when the table does not exist."""
        sql = (
            "select column_name, data_type from information_schema.columns where table_catalog = ?"
            " and table_schema = ? and lower(table_name) = ? order by ordinal_position"
        )
        found = self._rows(sql, [self._catalog, RAW_SCHEMA, table])
        return {str(name): str(type_) for name, type_ in found}

    def create(self, table: str, columns: Mapping[str, Kind]) -> None:
        """An empty raw table, with its schema where that is missing too."""
        schema = f"{_quoted(self._catalog)}.{_quoted(RAW_SCHEMA)}"
        self._connection.execute(f"create schema if not exists {schema}")
        definitions = [f"{_quoted(name)} {_SQL_TYPES[kind]}" for name, kind in columns.items()]
        self._connection.execute(f"create table {self._name(table)} ({', '.join(definitions)})")

    def add_column(self, table: str, column: str, kind: Kind) -> None:
        """A column more, NULL in the rows that are there."""
        definition = f"{_quoted(column)} {_SQL_TYPES[kind]}"
        self._connection.execute(f"alter table {self._name(table)} add column {definition}")

    def first_misfit(self, incoming: Incoming) -> tuple[str, object] | None:
        """A column of the raw table, and a staged value that its type would change or refuse.

        A table made by another tool may have other types: an id as integer is fine as long as every
        id is one. Columns beyond the contract only have to take the value, not to spell it alike.
        """
        for column, source in incoming.sources.items():
            type_, kind = incoming.types[column], incoming.kinds[source]
            value, own_type = _quoted(source), _SQL_TYPES[kind]
            if type_ == own_type:
                continue
            written = _cast(value, own_type, type_)
            changed = f"{_cast(written, type_, own_type)} is distinct from {value}"
            if kind is Kind.TEXT:
                changed = f"{value} is not null and {written} is null"
            rows = self._rows(
                f"select min({value}) from {_staging(incoming.table)} where {changed}"
                " having count(*) > 0"
            )
            if rows:
                return column, rows[0][0]
        return None

    def equals_current(self, incoming: Incoming) -> bool:
        """Whether the staged rows are those of the table's latest load, each as often."""
        name, columns = self._name(incoming.table), _list(incoming.columns)
        latest = f"select max({LOADED_AT}) from {name}"
        current = f"select {columns} from {name} where {LOADED_AT} is not distinct from ({latest})"
        counted = [
            f"select {columns}, count(*) from ({rows}) as counted group by {columns}"
            for rows in (current, _rows_as_stored(incoming))
        ]
        differences = [f"({a} except {b})" for a, b in (counted, reversed(counted))]
        sql = f"select count(*) from ({' union all '.join(differences)}) as different"
        return int(self._value(sql)) == 0

    def insert(self, incoming: Incoming, loaded_at: datetime, *, only_unknown: bool) -> int:
        """Add the staged rows, or those equal to no row of the table; returns how many."""
        name, columns = self._name(incoming.table), incoming.columns
        unknown = ""
        if only_unknown:
            same = " and ".join(
                f"known.{_quoted(c)} is not distinct from staged.{_quoted(c)}" for c in columns
            )
            unknown = f" where not exists (select 1 from {name} as known where {same})"
        added = self._value(
            f"insert into {name} ({_list(columns)}, {LOADED_AT})"
            f" select staged.*, ? from ({_rows_as_stored(incoming)}) as staged{unknown}",
            [loaded_at],
        )
        return int(added)

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, list(parameters)).fetchall()

    def _value(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        return self._rows(sql, parameters)[0][0]

    def _name(self, table: str) -> str:
        return ".".join(_quoted(part) for part in (self._catalog, RAW_SCHEMA, table))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _list(columns: Sequence[str]) -> str:
    return ", ".join(_quoted(column) for column in columns)


def _staging(table: str) -> str:
    return f"_load_{table}"


def _rows_as_stored(incoming: Incoming) -> str:
    """The staged rows with the raw table's columns, in its order and types."""
    values = []
    for column in incoming.columns:
        type_, source = incoming.types[column], incoming.sources.get(column)
        if source is None:
            value = f"cast(null as {type_})"
        else:
            value = _cast(_quoted(source), _SQL_TYPES[incoming.kinds[source]], type_)
        values.append(f"{value} as {_quoted(column)}")
    return f"select {', '.join(values)} from {_staging(incoming.table)}"


def _cast(value: str, from_type: str, to_type: str) -> str:
    """`value` in another type, NULL where that is impossible; moments without zone are UTC."""
    if from_type == to_type:
        return value
    if {from_type, to_type} == {_ZONED, "TIMESTAMP"}:
        return f"({value} at time zone 'UTC')"
    return f"try_cast({value} as {to_type})"
