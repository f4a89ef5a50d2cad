"""The only room that opens a database or runs dbt."""

from scheduler.warehouse.base import Params, Warehouse
from scheduler.warehouse.embedded import DuckDBWarehouse, database_path
from scheduler.warehouse.lock import exclusive
from scheduler.warehouse.project import DbtProject

__all__ = [
    "DbtProject",
    "DuckDBWarehouse",
    "Params",
    "Warehouse",
    "connect",
    "database_path",
    "exclusive",
]


def connect(*, must_exist: bool = True) -> DuckDBWarehouse:
    """Open the warehouse that the environment names.

    Args:
        must_exist: refuse a database file that is not there yet, instead of creating it.

    Raises:
        SchedulerError: the file is missing, unreadable, or held by another process.
    """
    return DuckDBWarehouse.open(database_path(), must_exist=must_exist)
