"""The demo agency in the warehouse: never mixed with anybody's own data."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import click
import pyarrow as pa

from scheduler import log
from scheduler.cli.console import progress
from scheduler.cli.options import Moment
from scheduler.errors import SchedulerError
from scheduler.loading import LoadReport, load_directory, raw_tables
from scheduler.moments import utc_now
from scheduler.output_files import check_output_dir
from scheduler.progress import Progress
from scheduler.simulation import make_demo
from scheduler.warehouse import connect, database_path, exclusive
from scheduler.warehouse.base import OPERATIONS, RAW, SNAPSHOTS, Warehouse

MARKER = f"{RAW}.demo_agency"
_RAW_TABLES = ("mass_messages", "caption_bank", "vault_matrix", "active_creators")
_SNAPSHOTS = ("vault_snapshot", "caption_bank_snapshot", "creator_settings_snapshot")
_HISTORY = (
    "schedule_templates", "response_curves", "response_draws", "caption_effects",
    "untried_effects", "model_skill", "model_registry", "batch_execution_log", "system_alerts",
)  # fmt: skip


@dataclass(frozen=True)
class DemoSize:
    """How large a demo is, and which one."""

    pages: int
    messages: int
    captions: int
    seed: int


@click.command()
@click.option("--pages", type=click.IntRange(min=1), default=38, show_default=True)
@click.option("--messages", type=click.IntRange(min=1), default=52_000, show_default=True)
@click.option("--captions", type=click.IntRange(min=1), default=36_000, show_default=True)
@click.option(
    "--seed", type=int, default=7, show_default=True, help="Another seed, another agency."
)
@click.option(
    "--as-of", type=Moment(), help="UTC time at which the history ends. Default: the present hour."
)
@click.option(
    "--output-dir", type=click.Path(path_type=Path), default=Path("demo"), show_default=True,
    help="Where the four CSV files go.",
)  # fmt: skip
def demo(
    pages: int, messages: int, captions: int, seed: int, as_of: datetime | None, output_dir: Path
) -> None:
    """Make up an agency, write its four raw files, and load them.

    It refuses a warehouse that holds other data, and replaces an earlier demo.

    \b
    Example:
      scheduler demo --pages 5 --messages 4000 --captions 2000 --seed 1
    """  # noqa: D301
    with progress() as listener:
        report = load_demo(DemoSize(pages, messages, captions, seed), as_of, output_dir, listener)
    for line in report.lines():
        click.echo(line)


def load_demo(
    size: DemoSize, as_of: datetime | None, directory: Path, progress: Progress
) -> LoadReport:
    """Write the demo's files and load them in place of any earlier demo.

    Raises:
        SchedulerError: the warehouse holds data of another origin, the size makes no agency, or
            the directory can't be written.
    """
    check_output_dir(directory)
    moment = as_of or utc_now().replace(minute=0, second=0, microsecond=0)
    database = database_path()
    with exclusive(database), connect(must_exist=False) as warehouse:
        _refuse_real_data(warehouse)
        progress.step(f"Simulating {size.pages} pages, {size.messages:,} messages.")
        try:
            make_demo(directory, **asdict(size), as_of=moment)
        except ValueError as error:
            raise SchedulerError(f"No such demo: {error}.") from error
        _clear(warehouse)
        progress.step(f"Loading {directory}.")
        with log.timed("load") as told:
            # loaded at its own now: what it dates later stands for typing errors
            report = load_directory(raw_tables(warehouse), directory, moment)
            told["rows_added"] = {table.table: table.rows_added for table in report.tables}
        warehouse.execute(
            f"create table {MARKER} (as_of timestamp, pages bigint, messages bigint,"
            " captions bigint, seed bigint)"
        )
        warehouse.append(MARKER, pa.Table.from_pylist([{"as_of": moment, **asdict(size)}]))
    return report


def _refuse_real_data(warehouse: Warehouse) -> None:
    table = f"{RAW}.mass_messages"
    if warehouse.exists(MARKER) or not warehouse.exists(table):
        return
    count = warehouse.query(f"select count(*) as n from {table}").to_pylist()[0]["n"]  # noqa: S608
    if count:
        raise SchedulerError(
            f"The warehouse holds {count:,} messages that are no demo. "
            "Set EROS_DUCKDB_PATH to another file for the demo."
        )


def _clear(warehouse: Warehouse) -> None:
    """Take an earlier demo out, with its history and the schedules planned on it."""
    if not warehouse.exists(MARKER):
        return
    for name in _SNAPSHOTS:
        if warehouse.exists(f"{SNAPSHOTS}.{name}"):
            warehouse.execute(f"drop table {SNAPSHOTS}.{name}")
    for name in _HISTORY:
        if warehouse.exists(f"{OPERATIONS}.{name}"):
            warehouse.execute(f"delete from {OPERATIONS}.{name} where true")  # noqa: S608
    # the marker last: where this is interrupted, the next demo goes on
    for name in (*_RAW_TABLES, "demo_agency"):
        warehouse.execute(f"drop table if exists {RAW}.{name}")
