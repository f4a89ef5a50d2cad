"""Writes the raw tables as the files that `scheduler load` reads."""

import io
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from scheduler.simulation.captions import BROKEN

_LONE_SURROGATE = b"\xed\xa0\xbd"
"""Half of an emoji, as tools that cut texts by length leave it: not valid UTF-8."""


def write_tables(
    tables: Mapping[str, pa.Table], directory: Path, file_format: str = "csv"
) -> list[Path]:
    """Write one file per table, replacing older ones.

    Args:
        tables: table name to table.
        directory: made when it does not exist.
        file_format: `csv`, with the broken bytes of real exports, or `parquet`.

    Returns:
        The paths written, in the order of `tables`.

    Raises:
        ValueError: the format is neither.
        OSError: the directory cannot be written.
    """
    if file_format not in {"csv", "parquet"}:
        raise ValueError(f"no such file format: {file_format}; use csv or parquet")
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in tables.items():
        path = directory / f"{name}.{file_format}"
        if file_format == "parquet":
            pa.parquet.write_table(table, path)
        else:
            path.write_bytes(csv_bytes(table))
        paths.append(path)
    return paths


def csv_bytes(table: pa.Table) -> bytes:
    """The table as CSV with a header, broken texts with their broken bytes."""
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink)
    return sink.getvalue().replace(BROKEN.encode(), _LONE_SURROGATE)
