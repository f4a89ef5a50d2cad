"""What a user is told when the embedded database's file or its disk is in trouble."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from scheduler.errors import SchedulerError
from scheduler.warehouse.duckdb_warehouse import DuckDBWarehouse


def rows(count: int) -> pa.Table:
    return pa.table({"id": range(count), "text": [f"{n:0100d}" for n in range(count)]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one table of some blocks."""
    path = tmp_path / "a.duckdb"
    with DuckDBWarehouse.open(path, must_exist=False) as warehouse:
        warehouse.execute("create table held (id bigint, text varchar)")
        warehouse.append("held", rows(20_000))
    return path


def test_a_damaged_file_is_called_damaged_and_not_in_use(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4_096:] = bytes(byte ^ 0x55 for byte in content[4_096:])
    path.write_bytes(content)

    def read() -> None:
        with DuckDBWarehouse.open(path) as warehouse:
            warehouse.query("select sum(length(text)) from held")

    with pytest.raises(SchedulerError, match=r"is damaged\. Put a copy of it back"):
        read()


def test_a_file_that_another_process_holds_is_called_in_use(path: Path) -> None:
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(SchedulerError, match="in use by another process"):
            DuckDBWarehouse.open(path)
        other.communicate(b"\n")


def test_a_full_disk_is_told_and_not_the_rollback_after_it(path: Path) -> None:
    warehouse = DuckDBWarehouse.open(path)

    class Full:
        """A connection whose disk fills up in a transaction, which DuckDB then has ended itself."""

        def begin(self) -> None: ...

        def execute(self, *_: object) -> None:
            raise duckdb.IOException(
                'IO Error: Could not write file "a.duckdb.wal": No space left on device'
            )

        def rollback(self) -> None:
            raise duckdb.TransactionException("cannot rollback - no transaction is active")

    warehouse.connection.close()
    warehouse.connection = Full()  # type: ignore[assignment]
    with pytest.raises(SchedulerError, match=r"The disk of .* is full"), warehouse.transaction():
        warehouse.execute("insert into held values (1, 'x')")


def test_a_file_that_may_not_grow_is_told_in_one_line(path: Path) -> None:
    code = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from pathlib import Path
import pyarrow as pa
from scheduler.errors import SchedulerError
from scheduler.warehouse.duckdb_warehouse import DuckDBWarehouse
path = Path({str(path)!r})
with DuckDBWarehouse.open(path) as warehouse:
    limit = path.stat().st_size + 100_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    rows = pa.table({{"id": range(200_000), "text": [str(n) * 20 for n in range(200_000)]}})
    try:
        with warehouse.transaction():
            warehouse.append("held", rows)
    except SchedulerError as error:
        print(error)
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "may not grow further" in shown.stdout, shown
    assert len(shown.stdout.splitlines()) == 1


def test_an_error_of_the_statement_stays_the_engines_own(path: Path) -> None:
    with DuckDBWarehouse.open(path) as warehouse, pytest.raises(duckdb.CatalogException):
        warehouse.query("select * from lock_on_nothing")
