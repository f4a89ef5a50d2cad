"""The raw tables of a warehouse, whichever engine it is."""

from typing import TYPE_CHECKING, cast

from scheduler.loading.embedded import DuckDBRawTables
from scheduler.loading.raw_tables import RawTables
from scheduler.warehouse import DuckDBWarehouse, Warehouse

if TYPE_CHECKING:
    from scheduler.warehouse.bigquery import BigQueryWarehouse


def raw_tables(warehouse: Warehouse) -> RawTables:
    """What a load writes to."""
    if isinstance(warehouse, DuckDBWarehouse):
        return DuckDBRawTables(warehouse.connection)
    from scheduler.loading.bigquery import BigQueryRawTables  # noqa: PLC0415 - an extra

    return BigQueryRawTables(cast("BigQueryWarehouse", warehouse))
