"""The raw tables of a warehouse, whichever engine it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from scheduler.loading.embedded import DuckDBRawTables
from scheduler.loading.raw_tables import RawTables
from scheduler.warehouse import DuckDBWarehouse, Warehouse, connect, database_path

if TYPE_CHECKING:
    from scheduler.warehouse.bigquery import BigQueryWarehouse


def raw_tables(warehouse: Warehouse) -> RawTables:
    """What a load writes to."""
    if isinstance(warehouse, DuckDBWarehouse):
        return DuckDBRawTables(warehouse.connection)
    from scheduler.loading.bigquery import BigQueryRawTables  # noqa: PLC0415 - an extra

    return BigQueryRawTables(cast("BigQueryWarehouse", warehouse))


@contextmanager
def open_raw_tables(check: bool) -> Iterator[RawTables]:
    """The raw tables to load into; for a check alone, a database that is not there is not made."""
    with TemporaryDirectory() as scratch:
        database = Path(scratch) / "check.duckdb" if check else None
        if database_path().exists():
            database = None
        with connect(database, must_exist=False) as warehouse:
            yield raw_tables(warehouse)
