"""Raw files in: checked, typed and added to the raw tables, all of them or nothing."""

from scheduler.loading.append import append, load_directory
from scheduler.loading.engines import open_raw_tables, raw_tables
from scheduler.loading.mapping import read_map
from scheduler.loading.problems import LoadError, Problem
from scheduler.loading.read import RawFile, read_directory
from scheduler.loading.report import LoadReport, TableReport

__all__ = [
    "LoadError",
    "LoadReport",
    "Problem",
    "RawFile",
    "TableReport",
    "append",
    "load_directory",
    "open_raw_tables",
    "raw_tables",
    "read_directory",
    "read_map",
]
