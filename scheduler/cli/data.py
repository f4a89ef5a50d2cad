"""Commands that bring data in and keep the warehouse in order."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from scheduler import log
from scheduler.cli.console import progress
from scheduler.cli.options import as_of_option, vars_option
from scheduler.loading import load_directory, raw_tables
from scheduler.marts.build import build_marts
from scheduler.moments import utc_now
from scheduler.warehouse import DbtProject, connect, database_path, exclusive, overriding


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
def load(directory: Path) -> None:
    """Load mass_messages, caption_bank, vault_matrix, active_creators from DIRECTORY.

    CSV or Parquet. All is checked first; then all is loaded, or nothing. Loading the same files
    again changes nothing.

    \b
    Example:
      scheduler load exports/2026-11-22
    """  # noqa: D301
    with (
        progress() as listener,
        exclusive(database_path()),
        connect(must_exist=False) as warehouse,
    ):
        listener.step(f"Loading {directory}.")
        with log.timed("load") as told:
            report = load_directory(raw_tables(warehouse), directory)
            told["rows_added"] = {table.table: table.rows_added for table in report.tables}
    for line in report.lines():
        click.echo(line)


@click.command()
@as_of_option
@vars_option
def build(as_of: datetime | None, overrides: dict[str, Any]) -> None:
    """Build and test every model, the rulebook's tests included.

    \b
    Example:
      scheduler build --as-of 2026-11-22T18:00:00Z
    """  # noqa: D301
    project, database = DbtProject.find(), database_path()
    project.with_overrides(overrides)
    moment = as_of or utc_now().replace(microsecond=0)
    with overriding(overrides), progress(show_detail=True) as listener:
        connect().close()
        with exclusive(database):
            build_marts(project, database, moment, overrides, listener, with_rules=True)
    click.echo(f"Built as of {moment:%Y-%m-%d %H:%M:%S} UTC.")
