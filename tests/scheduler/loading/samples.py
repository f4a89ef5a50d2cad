"""Small valid files, and ways to write them as a test needs them."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

MESSAGE = {
    "row_id": "1",
    "page_name": "mayahill",
    "message": "good morning",
    "sending_time": "2025-10-01 18:05:00",
    "price": "12.5",
    "sent_count": "4000",
    "viewed_count": "900",
    "purchased_count": "7",
    "earnings": "87.5",
    "message_type": "ppv",
}
CAPTION = {
    "caption_id": "-4611686018427387905",
    "caption_text": "new set today",
    "content_category": "B/G",
    "price_tier": "mid",
    "validation_level": "high",
    "usage_status": "available",
    "total_sends": "3",
    "lifetime_revenue": "51.25",
    "avg_conversion_rate": "0.012",
    "overall_performance_score": "61.5",
    "days_since_last_use": "40",
}
VAULT = {"page_name": "mayahill", "BG": "true", "Solo": "false"}
CREATOR = {
    "page_name": "mayahill",
    "timezone": "Europe/Rome",
    "platform": "fans",
    "is_active": "true",
}

Row = Mapping[str, str]


def csv_text(rows: Sequence[Row]) -> str:
    """The rows as CSV, under the first row's columns."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(rows[0])
    writer.writerows([row[name] for name in rows[0]] for row in rows)
    return buffer.getvalue()


def write_csv(directory: Path, table: str, *rows: Row) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{table}.csv"
    path.write_bytes(csv_text(rows).encode())
    return path


def write_parquet(directory: Path, table: str, columns: Mapping[str, object]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{table}.parquet"
    pq.write_table(pa.table(dict(columns)), path)
    return path


def write_all(directory: Path, messages: Sequence[Row] = (MESSAGE,)) -> Path:
    """One good file for each raw table."""
    write_csv(directory, "mass_messages", *messages)
    write_csv(directory, "caption_bank", CAPTION)
    write_csv(directory, "vault_matrix", VAULT)
    write_csv(directory, "active_creators", CREATOR)
    return directory


def rows_of(
    connection: duckdb.DuckDBPyConnection, table: str, columns: str = "* exclude (_loaded_at)"
) -> list[tuple[object, ...]]:
    """Everything in a raw table, in an order of its own."""
    rows = connection.table(f"eros_raw.{table}").select(columns).fetchall()
    return sorted(rows, key=repr)


def tables_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    sql = "select table_schema || '.' || table_name from information_schema.tables order by 1"
    return [name for (name,) in connection.execute(sql).fetchall()]
