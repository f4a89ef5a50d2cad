"""The raw tables: every statement a load needs, each behind one method, whatever the engine.

The SQL is written here once, in words that DuckDB and BigQuery share. What they spell otherwise
(names, types, casts, staging, tables and columns) is what a subclass offers.
"""

# ruff: noqa: S608 - values are bound; names can't be, so they are quoted in one place, _quoted

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import pyarrow as pa

from scheduler.loading.contract import LOADED_AT, RAW_TABLES, Kind


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


class RawTables(ABC):
    """The raw tables of one warehouse.

    Attributes:
        engine: as dbt's adapters name it.
        sql_types: the engine's type of each kind.
    """

    engine: ClassVar[str]
    sql_types: ClassVar[Mapping[Kind, str]]

    @abstractmethod
    def staged(self, files: Mapping[str, pa.Table]) -> AbstractContextManager[None]:
        """The rows of each raw table's file, readable by the methods below."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Every row added inside is kept, or none is."""

    @abstractmethod
    def is_view(self, table: str) -> bool:
        """Whether the raw table is a view, into which nothing can be written."""

    @abstractmethod
    def column_types(self, table: str) -> dict[str, str]:
        """SQL type of each column, in order; empty when the table does not exist."""

    @abstractmethod
    def create(self, table: str, columns: Mapping[str, Kind]) -> None:
        """An empty raw table, with its schema where that is missing too."""

    @abstractmethod
    def add_columns(self, table: str, columns: Mapping[str, Kind]) -> None:
        """More columns, NULL in the rows that are there."""

    @abstractmethod
    def rename_column(self, table: str, old: str, new: str) -> None:
        """A column of the raw table under another name."""

    @abstractmethod
    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """What a SELECT gives."""

    @abstractmethod
    def _execute(self, sql: str, params: Mapping[str, Any]) -> None:
        """Run a statement for its effect."""

    @abstractmethod
    def name(self, table: str) -> str:
        """The raw table, in full."""

    @abstractmethod
    def _staging(self, table: str) -> str:
        """The staged rows of its file."""

    @abstractmethod
    def quoted(self, name: str) -> str:
        """A column's name."""

    @abstractmethod
    def _cast(self, value: str, from_type: str, to_type: str) -> str:
        """`value` in another type, NULL where that is impossible; moments without zone are UTC."""

    def last_loaded_at(self) -> datetime | None:
        """The latest `_loaded_at` of any raw table, UTC without zone."""
        times = []
        for table in RAW_TABLES:
            types = {name.lower(): type_ for name, type_ in self.column_types(table.name).items()}
            if LOADED_AT in types:
                moment = self.sql_types[Kind.TIMESTAMP]
                latest = self._cast(f"max({LOADED_AT})", types[LOADED_AT], moment)
                times.append(self._value(f"select {latest} as latest from {self.name(table.name)}"))
        return max((time for time in times if isinstance(time, datetime)), default=None)

    def first_misfit(self, incoming: Incoming) -> tuple[str, object] | None:
        """A column of the raw table, and a staged value that its type would change or refuse.

        A table made by another tool may have other types: an id as integer is fine as long as every
        id is one. Columns beyond the contract only have to take the value, not to spell it alike.
        """
        for column, source in incoming.sources.items():
            type_, kind = incoming.types[column], incoming.kinds[source]
            value, own_type = self.quoted(source), self.sql_types[kind]
            if type_ == own_type:
                continue
            written = self._cast(value, own_type, type_)
            changed = f"{self._cast(written, type_, own_type)} is distinct from {value}"
            if kind is Kind.TEXT:
                changed = f"{value} is not null and {written} is null"
            rows = self.rows(
                f"select min({value}) as misfit from {self._staging(incoming.table)}"
                f" where {changed} having count(*) > 0"
            )
            if rows:
                return column, rows[0][0]
        return None

    def had_values(self, incoming: Incoming, column: str, before: datetime) -> bool:
        """Whether a column of the raw table has a value in a load before `before`."""
        types = {name.lower(): type_ for name, type_ in incoming.types.items()}
        moment = self._cast(LOADED_AT, types[LOADED_AT], self.sql_types[Kind.TIMESTAMP])
        found = self.rows(
            f"select count(*) as n from {self.name(incoming.table)}"
            f" where {self.quoted(column)} is not null"
            f" and ({LOADED_AT} is null or {moment} < $before)",
            {"before": before},
        )
        return bool(found[0][0])

    def equals_current(self, incoming: Incoming) -> bool:
        """Whether the staged rows are those of the table's latest load, each as often."""
        name, columns = self.name(incoming.table), self._list(incoming.columns)
        latest = f"select max({LOADED_AT}) from {name}"
        current = f"select {columns} from {name} where {LOADED_AT} is not distinct from ({latest})"
        counted = [
            f"select {columns}, count(*) as times from ({rows}) as counted group by {columns}"
            for rows in (current, self.rows_as_stored(incoming))
        ]
        differences = [f"({a} except distinct {b})" for a, b in (counted, reversed(counted))]
        sql = f"select count(*) as n from ({' union all '.join(differences)}) as different"
        return int(self._value(sql)) == 0

    def insert(self, incoming: Incoming, loaded_at: datetime, rows: str | None = None) -> int:
        """Add the staged rows, or those that the SELECT `rows` gives; returns how many."""
        name, columns = self.name(incoming.table), self._list(incoming.columns)
        types = {column.lower(): type_ for column, type_ in incoming.types.items()}
        own = self.sql_types[Kind.TIMESTAMP]
        moment = self._cast("$loaded_at", own, types[LOADED_AT])
        self._execute(
            f"insert into {name} ({columns}, {LOADED_AT})"
            f" select {columns}, {moment} from ({rows or self.rows_as_stored(incoming)}) as fresh",
            {"loaded_at": loaded_at},
        )
        here = self._cast(LOADED_AT, types[LOADED_AT], own)
        found = self.rows(
            f"select count(*) as n from {name} where {here} = $loaded_at", {"loaded_at": loaded_at}
        )
        return int(found[0][0])

    def rows_as_stored(self, incoming: Incoming, *, with_load_time: bool = False) -> str:
        """SELECT of the staged rows with the raw table's columns, in its order and types.

        `with_load_time`: a NULL `_loaded_at` too.
        """
        values = []
        for column in incoming.columns:
            type_, source = incoming.types[column], incoming.sources.get(column)
            if source is None:
                value = f"cast(null as {type_})"
            else:
                own_type = self.sql_types[incoming.kinds[source]]
                value = self._cast(self.quoted(source), own_type, type_)
            values.append(f"{value} as {self.quoted(column)}")
        if with_load_time:
            values += [
                f"cast(null as {t}) as {c}"
                for c, t in incoming.types.items()
                if c.lower() == LOADED_AT
            ]
        return f"select {', '.join(values)} from {self._staging(incoming.table)}"

    def _definitions(self, columns: Mapping[str, Kind]) -> list[str]:
        return [f"{self.quoted(name)} {self.sql_types[kind]}" for name, kind in columns.items()]

    def _value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def _list(self, columns: Sequence[str]) -> str:
        return ", ".join(self.quoted(column) for column in columns)
