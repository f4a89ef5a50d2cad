"""The only room that opens a database or runs dbt."""

from scheduler.warehouse.base import Params, Warehouse
from scheduler.warehouse.duckdb_warehouse import DuckDBWarehouse
from scheduler.warehouse.place import connect, database_path, exclusive, overriding
from scheduler.warehouse.project import DbtProject
from scheduler.warehouse.workspace import Workspace

__all__ = [
    "DbtProject",
    "DuckDBWarehouse",
    "Params",
    "Warehouse",
    "Workspace",
    "connect",
    "database_path",
    "exclusive",
    "overriding",
]
