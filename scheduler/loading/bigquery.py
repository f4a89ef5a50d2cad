"""The raw tables on BigQuery: files come in by load job, rows are added in one transaction."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

import pyarrow as pa
from google.cloud import bigquery

from scheduler.loading.contract import MASS_MESSAGES, RAW_SCHEMA, RAW_TABLES, Kind
from scheduler.loading.raw_tables import RawTables
from scheduler.warehouse.base import RAW
from scheduler.warehouse.bigquery.warehouse import BigQueryWarehouse

# As REST names a type -> as SQL does.
_SQL_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}
_MOMENTS = {"TIMESTAMP", "DATETIME", "DATE"}
# Most questions are about some days of some pages: only these are read then.
_LAYOUT = {
    MASS_MESSAGES.name: " partition by timestamp_trunc(_loaded_at, day) cluster by page_name"
}


class BigQueryRawTables(RawTables):
    """The raw dataset of a project.

    BigQuery changes no table inside a transaction: a table or a column that a load needs comes
    before its rows, empty, and stays when they are refused.
    """

    engine: ClassVar[str] = "bigquery"
    sql_types: ClassVar[Mapping[Kind, str]] = {
        Kind.TEXT: "STRING",
        Kind.KEY: "STRING",
        Kind.INTEGER: "INT64",
        Kind.NUMBER: "FLOAT64",
        Kind.BOOLEAN: "BOOL",
        Kind.TIMESTAMP: "TIMESTAMP",
    }

    def __init__(self, warehouse: BigQueryWarehouse) -> None:
        self._warehouse = warehouse
        self._contract = {table.name: table for table in RAW_TABLES}
        self._staged: dict[str, str] = {}

    @contextmanager
    def staged(self, files: Mapping[str, pa.Table]) -> Iterator[None]:
        """The rows of each file in a table of its own, for as long as the load takes."""
        self._warehouse.create_schema(RAW)
        try:
            for table, rows in files.items():
                kinds = {name: self._contract[table].kind_of(name) for name in rows.column_names}
                schema = [
                    bigquery.SchemaField(name, self.sql_types[kind]) for name, kind in kinds.items()
                ]
                self._staged[table] = self._warehouse.stage(f"{RAW_SCHEMA}.{table}", rows, schema)
            yield
        finally:
            self._staged.clear()
            self._warehouse.drop_staged()

    def transaction(self) -> AbstractContextManager[None]:
        """Every row added inside is kept, or none is."""
        return self._warehouse.transaction()

    def is_view(self, table: str) -> bool:
        """Whether the raw table is a view, into which nothing can be written."""
        found = self._found(table)
        return found is not None and found.table_type == "VIEW"

    def column_types(self, table: str) -> dict[str, str]:
        """SQL type of each column, in order; empty when the table does not exist."""
        found = self._found(table)
        fields = found.schema if found is not None else ()
        return {f.name: _SQL_NAMES.get(f.field_type, f.field_type) for f in fields}

    def create(self, table: str, columns: Mapping[str, Kind]) -> None:
        """An empty raw table."""
        definitions = ", ".join(self._definitions(columns))
        layout = _LAYOUT.get(table, "")
        self._warehouse.define(f"create table {self.name(table)} ({definitions}){layout}")

    def add_columns(self, table: str, columns: Mapping[str, Kind]) -> None:
        """More columns, NULL in the rows that are there; at once, for a table takes few changes."""
        added = ", ".join(f"add column {definition}" for definition in self._definitions(columns))
        self._warehouse.define(f"alter table {self.name(table)} {added}")

    def rename_column(self, table: str, old: str, new: str) -> None:
        """A column of the raw table under another name."""
        names = f"{self.quoted(old)} to {self.quoted(new)}"
        self._warehouse.define(f"alter table {self.name(table)} rename column {names}")

    def _found(self, table: str) -> bigquery.Table | None:
        name = self.name(table)
        jobs, names = self._warehouse.jobs, self._warehouse.names
        return jobs.table(names.table(name)) if self._warehouse.exists(name) else None

    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """What a SELECT gives."""
        return [tuple(row.values()) for row in self._warehouse.query(sql, params).to_pylist()]

    def _execute(self, sql: str, params: Mapping[str, Any]) -> None:
        self._warehouse.execute(sql, params)

    def name(self, table: str) -> str:
        """The raw table, in full."""
        return f"{RAW_SCHEMA}.{table}"

    def _staging(self, table: str) -> str:
        return self._staged[table]

    def quoted(self, name: str) -> str:
        """A name as SQL takes it, whatever is in it."""
        return f"`{name}`"

    def _cast(self, value: str, from_type: str, to_type: str) -> str:
        if from_type == to_type:
            return value
        if from_type != "STRING" and not {from_type, to_type} <= _MOMENTS:
            # every type has a text, while a number, for one, is never a moment
            value = f"cast({value} as string)"
        return value if to_type == "STRING" else f"safe_cast({value} as {to_type})"
