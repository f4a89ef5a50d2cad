"""The warehouse behind the app: read from a copy, written as the command line writes it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scheduler import log
from scheduler.errors import WarehouseBusy
from scheduler.marts.inputs import read_training
from scheduler.marts.week_state import built_settings
from scheduler.moments import utc_now
from scheduler.progress import Silent
from scheduler.training.fitted_model import fitted_model, models_dir
from scheduler.training.standing import Standing, fresh_marts
from scheduler.warehouse import DbtProject, Warehouse, Workspace, connect
from scheduler.warehouse.duckdb_warehouse import DuckDBWarehouse
from scheduler.warehouse.profile import BIGQUERY
from scheduler.warehouse.snapshot import is_written, last_snapshot, take_snapshot, version
from scheduler.web.shown import Shown, read_shown

_LOOK_EVERY_SECONDS = 1.0
_PATIENCE_SECONDS = 20.0
# A look at BigQuery is billed; what another command wrote is seen after this at the latest.
_BIGQUERY_SECONDS = 300.0


class Store:
    """One for the process: `shown` to read, `acting` to write.

    DuckDB's locks belong to the process: whoever closes the file loses them all. So copying and
    acting wait for one another, while readers go on with what was read last.
    """

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace = workspace
        self.copies = folder / "copy"
        self.is_bigquery = DbtProject.find().target().kind == BIGQUERY
        self._shown: Shown | None = None
        self._version: object = None
        self._copy: Path | None = None
        self._looked_at = float("-inf")
        self._is_busy = False
        self._file = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether another command was writing when we last looked."""
        return self._is_busy

    def shown(self) -> Shown:
        """What the pages show, as new as can be had without disturbing anybody.

        Raises:
            WarehouseBusy: nothing was ever read, and a command is writing.
            SchedulerError: there is no warehouse, or its marts are not built.
        """
        first = self._shown is None
        # The first readers wait for one another; later ones never wait.
        if (first or self._is_due()) and self._file.acquire(blocking=first):
            try:
                if self._shown is None or self._is_due():
                    self._renew()
            finally:
                self._file.release()
        if self._shown is None:
            raise WarehouseBusy("A run is writing to the warehouse. Look again in a minute.")
        return self._shown

    @contextmanager
    def acting(self) -> Iterator[Warehouse]:
        """Hold the warehouse for one change, by the lock that every command takes.

        Raises:
            WarehouseBusy: another command holds it; nothing was done.
        """
        with self._holding_file():
            with self.workspace.held(), connect(self.workspace.database) as warehouse:
                yield warehouse
            # The change is to be seen at once.
            self._renew()

    @contextmanager
    def replanning(self) -> Iterator[Standing]:
        """Hold it for a change that the model has a word in: marts fresh, as every command does.

        Raises:
            WarehouseBusy: another command holds it; nothing was done.
            SchedulerError: the marts are old and can't be built.
        """
        with self._holding_file():
            with fresh_marts(Silent(), trained=True) as standing:
                yield standing
            self._renew()

    @contextmanager
    def looking(self) -> Iterator[Standing]:
        """Marts and model to ask, without a change: on DuckDB those of the copy, as they are.

        Raises:
            WarehouseBusy: a command is writing, and there is no copy yet.
            SchedulerError: the model can't be fitted.
        """
        self.shown()
        with self._holding_file(), self._opened() as warehouse:
            settings = built_settings(warehouse)
            training = read_training(warehouse)
            models = models_dir(self.workspace.database)
            model = fitted_model(training, settings, models, Silent())
            yield Standing(warehouse, settings, model, training)

    @contextmanager
    def _holding_file(self) -> Iterator[None]:
        """Wait for another change of ours, but not for long: readers need the threads."""
        if not self._file.acquire(timeout=_PATIENCE_SECONDS):
            raise WarehouseBusy("Another change is being made. Try again in a minute.")
        try:
            yield
        finally:
            self._file.release()

    def _opened(self) -> Warehouse:
        if self.is_bigquery:
            return connect()
        if self._copy is None:
            raise WarehouseBusy("A run is writing to the warehouse. Try again in a minute.")
        return DuckDBWarehouse.open(self._copy)

    def _is_due(self) -> bool:
        every = _BIGQUERY_SECONDS if self.is_bigquery else _LOOK_EVERY_SECONDS
        return time.monotonic() - self._looked_at >= every

    def _renew(self) -> None:
        """Read anew if anything changed; held by whoever has `_file`."""
        if self.is_bigquery:
            self._read(connect, "bigquery")
        else:
            self._renew_from_file()
        self._looked_at = time.monotonic()

    def _renew_from_file(self) -> None:
        database = self.workspace.database
        found = version(database)
        if found is None:
            if self._shown is None:
                # Says what to do.
                self.workspace.require()
            return
        self._is_busy = is_written(database)
        if found == self._version and self._shown is not None:
            return
        taken = take_snapshot(database, self.copies)
        if taken is not None:
            self._copy = taken[1]
            self._read(lambda: DuckDBWarehouse.open(taken[1]), taken[0])
        elif self._shown is None:
            left = last_snapshot(database, self.copies)
            if left is not None:
                self._copy = left
                self._read(lambda: DuckDBWarehouse.open(left), None)

    def _read(self, opened: Callable[[], Warehouse], found: object) -> None:
        try:
            with log.timed("web_read"), opened() as warehouse:
                self._shown = read_shown(warehouse, utc_now())
        except Exception as error:
            # Half a build, say: what was read before still stands.
            if self._shown is None:
                raise
            log.failure("web_read", log.traceback_of(error), error=type(error).__name__)
        self._version = found
