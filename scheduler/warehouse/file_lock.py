"""One writer at a time: a lock that a killed process lets go of by itself."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scheduler.errors import SchedulerError, WarehouseBusy


@contextmanager
def file_lock(database: Path) -> Iterator[None]:
    """Hold a lock file beside the database for one writing command of this machine.

    DuckDB's own lock lasts as long as a connection; a run closes its connection while dbt builds,
    and this lock covers those gaps.

    Raises:
        WarehouseBusy: another command holds it.
        SchedulerError: the folder can't be written.
    """
    path = database.with_name(database.name + ".lock")
    try:
        handle = path.open("a")
    except OSError as error:
        raise SchedulerError(
            f"The lock file {path} cannot be written ({error.strerror}). Check the permissions."
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WarehouseBusy(
                f"Another scheduler command is writing to {database}. "
                "Wait for it to end, then retry."
            ) from error
        yield
