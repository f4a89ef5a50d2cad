"""What BigQuery would read, told from DuckDB's plan of a statement and its columns' sizes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from scheduler.warehouse.base import Params

# Columns must stay in the scan that reads them, whatever few rows a small agency has.
_KEEP_SCANS = "filter_pushdown,statistics_propagation,empty_result_pullup"
# Logical bytes of a value. Source: cloud.google.com/bigquery/pricing, "data size calculation".
_BYTES = {"BOOLEAN": 1}
_OTHER_BYTES = 8
_TEXT = "VARCHAR"

Sizes = dict[str, dict[str, int]]


def scanned_bytes(
    connection: duckdb.DuckDBPyConnection, sql: str, params: Params, sizes: Sizes
) -> dict[str, int]:
    """Table -> bytes of the columns that a statement reads of it, partitions not considered.

    Args:
        connection: a database that holds the tables.
        sql: a statement in DuckDB's spelling.
        params: its bound values.
        sizes: table -> column -> bytes, filled as tables are met.

    Raises:
        duckdb.Error: the statement can't be planned, as a table is missing.
    """
    found: dict[str, set[str]] = {}
    connection.execute(f"set disabled_optimizers = '{_KEEP_SCANS}'")
    try:
        rows = connection.execute(f"explain (format json) {sql}", dict(params)).fetchall()
    finally:
        connection.execute("reset disabled_optimizers")
    for table, columns in _scans(json.loads(rows[-1][1])):
        found.setdefault(table, set()).update(columns)
    for table in found.keys() - sizes.keys():
        sizes[table] = _column_bytes(connection, table)
    return {
        table: sum(sizes[table].get(column, 0) for column in columns)
        for table, columns in found.items()
    }


def _scans(nodes: list[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    for node in nodes:
        about = node.get("extra_info", {})
        if "Table" in about:
            columns = about.get("Projections") or []
            names = [columns] if isinstance(columns, str) else columns
            # a name that is also a keyword stands in quotes there
            yield about["Table"], [name.strip('"') for name in names]
        yield from _scans(node.get("children", []))


def _column_bytes(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    parts = (part.strip('"') for part in table.rsplit(".", 2))
    name = ".".join('"' + part.replace('"', '""') + '"' for part in parts)
    described = connection.execute(f"describe {name}").fetchall()
    sums = []
    for column, kind, *_ in described:
        quoted = '"' + column.replace('"', '""') + '"'
        size = f"2 + strlen({quoted})" if kind == _TEXT else str(_BYTES.get(kind, _OTHER_BYTES))
        # a NULL takes no room
        sums.append(f"coalesce(sum(case when {quoted} is null then 0 else {size} end), 0)")
    values = connection.execute(f"select {', '.join(sums)} from {name}").fetchall()[0]  # noqa: S608 - quoted above
    return {row[0]: int(value) for row, value in zip(described, values, strict=True)}
