"""What the scheduler asks of a warehouse, whichever engine it is."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

import pyarrow as pa

Params = Mapping[str, Any]

INTERMEDIATE = "eros_intermediate"
MARTS = "eros_marts"
OPERATIONS = "eros_operations"
RAW = "eros_raw"
SNAPSHOTS = "eros_snapshots"
STAGING = "eros_staging"


@dataclass(frozen=True)
class Scan:
    """What a statement would read.

    Attributes:
        bytes: of the columns it names, in the tables it reaches.
        tables: how many tables those are.
        columns: names of its result.
    """

    bytes: int
    tables: int
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Billed:
    """What one command was billed for.

    Attributes:
        command: its name in the labels of its jobs.
        started_at: UTC, of its first job.
        jobs: how many there were.
        bytes_read: processed by all of them.
        bytes_billed: with the minimum for small tables.
    """

    command: str
    started_at: datetime
    jobs: int
    bytes_read: int
    bytes_billed: int


class Warehouse(Protocol):
    """A small set of verbs, the same on every engine.

    Statements are written once, in SQL that DuckDB and BigQuery share: values bound as `$name`, a
    list searched as `in (select unnest($ids))`, schemas by the names below. What BigQuery spells
    otherwise is turned in one place, `scheduler.warehouse.bigquery.dialect`. Moments are UTC
    without a zone mark.
    """

    @property
    def description(self) -> str:
        """Where it is, for a person to read. No credentials."""

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        """Rows of a SELECT as Arrow."""

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement for its effect."""

    def append(self, table: str, rows: pa.Table, key: Sequence[str] = ()) -> None:
        """Add rows to a table by column name; columns that are not given stay NULL.

        Rows whose `key` the table holds already are left out: repeated, it adds nothing.
        """

    def transaction(self) -> AbstractContextManager[None]:
        """All statements inside take effect together, or none does. No DDL inside."""

    def exists(self, relation: str) -> bool:
        """Whether `schema.name` is a table or a view."""

    def scan(self, sql: str, params: Params | None = None) -> Scan:
        """What a statement would read. Nothing is run.

        Raises:
            SchedulerError: it can't be planned, as a table is missing.
        """

    def scan_all(self, statements: Sequence[str]) -> list[Scan | None]:
        """The same for statements that are spelled in the engine's own words already.

        Returns:
            In their order; None for one that reads a table which is not there yet.
        """

    def billed(self, days: int) -> list[Billed]:
        """What the commands of the last days were billed for, latest first.

        Raises:
            SchedulerError: the engine bills nothing, or does not tell this account.
        """

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep commands of other machines from writing."""

    def close(self) -> None:
        """Let go of the database."""

    def __enter__(self) -> Self:
        """The warehouse itself."""

    def __exit__(self, *_: object) -> None:
        """Close."""


def read(
    warehouse: Warehouse, relation: str, columns: Sequence[str], order_by: Sequence[str]
) -> pa.Table:
    """Columns of a whole relation in the order of a unique key.

    The order makes every later sum see its terms in one sequence, whatever the engine's threads.
    """
    names = ", ".join(columns)
    return warehouse.query(f"select {names} from {relation} order by {', '.join(order_by)}")  # noqa: S608 - names are literals of this package
