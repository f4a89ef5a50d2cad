"""A warehouse that is asked everything a run asks, and answers with nothing but the size of it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Self

import pyarrow as pa

from scheduler.errors import SchedulerError
from scheduler.warehouse.base import MARTS, Billed, Params, Scan, Warehouse

# Says which marts there are: it is small, and what follows depends on it.
_SETTINGS = f"{MARTS}.settings"


class Estimator:
    """Estimates each statement in place of running it; results are empty.

    Attributes:
        scans: what each statement reads, in order.
        missing: statements on tables that are not built yet, or not as this version needs them.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.scans: list[Scan] = []
        self.missing = 0

    @property
    def description(self) -> str:
        """That of the warehouse."""
        return self._warehouse.description

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        """An empty result with the statement's columns."""
        columns = self._note(sql, params)
        if _SETTINGS in sql:
            return self._warehouse.query(sql, params)
        return pa.table({name: pa.array([], pa.null()) for name in columns})

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Nothing is done."""
        self._note(sql, params)

    def _note(self, sql: str, params: Params | None) -> tuple[str, ...]:
        try:
            scan = self._warehouse.scan(sql, params)
        except SchedulerError:
            self.missing += 1
            raise
        self.scans.append(scan)
        return scan.columns

    def append(self, table: str, rows: pa.Table, key: Sequence[str] = ()) -> None:
        """A load is free; finding the rows that are there already reads the key."""
        if key:
            self.query(f"select {', '.join(key)} from {table}")  # noqa: S608 - names are literals of this package

    def scan(self, sql: str, params: Params | None = None) -> Scan:
        """As the warehouse says."""
        return self._warehouse.scan(sql, params)

    def scan_all(self, statements: Sequence[str]) -> list[Scan | None]:
        """As the warehouse says."""
        return self._warehouse.scan_all(statements)

    def billed(self, days: int) -> list[Billed]:
        """As the warehouse says."""
        return self._warehouse.billed(days)

    def transaction(self) -> AbstractContextManager[None]:
        """Nothing to keep together."""
        return nullcontext()

    def exists(self, relation: str) -> bool:
        """Whether it is there."""
        return self._warehouse.exists(relation)

    def exclusive(self) -> AbstractContextManager[None]:
        """Nothing is written."""
        return nullcontext()

    def close(self) -> None:
        """The warehouse is somebody else's."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
