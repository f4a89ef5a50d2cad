"""Commands that bring data in and keep the warehouse in order."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from scheduler import log
from scheduler.cli.console import progress
from scheduler.cli.options import as_of_option, vars_option
from scheduler.loading import load_directory, open_raw_tables, read_map
from scheduler.marts.build import build_marts
from scheduler.moments import utc_now
from scheduler.warehouse import Workspace, database_path, exclusive


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Say everything a load would, and write nothing.")
@click.option(
    "--map",
    "map_name",
    help="How another tool names its columns: a YAML file, or a map by its name (crm_messages).",
)
@click.option(
    "--ignore-row-ids", is_flag=True,
    help="Leave ids of messages out: row numbers that start anew in each file.",
)  # fmt: skip
def load(directory: Path, check: bool, map_name: str | None, ignore_row_ids: bool) -> None:
    """Load mass_messages, caption_bank, vault_matrix, active_creators from DIRECTORY.

    CSV, Parquet or Excel, packed or not. All is checked first; then all is loaded, or nothing.
    Loading the same files again changes nothing.

    \b
    Example:
      scheduler load exports/2026-11-22 --check
    """  # noqa: D301
    maps = read_map(map_name) if map_name else None
    with progress() as listener, exclusive(database_path()), open_raw_tables(check) as raw:
        listener.step(f"{'Checking' if check else 'Loading'} {directory}.")
        with log.timed("load") as told:
            report = load_directory(
                raw, directory, maps=maps, ignore_row_ids=ignore_row_ids, check=check
            )
            told["rows_added"] = {table.table: table.rows_added for table in report.tables}
    for line in report.lines():
        click.echo(line)


@click.command()
@as_of_option
@vars_option
def build(as_of: datetime | None, overrides: dict[str, Any]) -> None:
    """Build and test every model; last, hold the active weeks against the rulebook.

    A broken week is told when everything is built: `scheduler run` plans it anew.

    \b
    Example:
      scheduler build --as-of 2026-11-22T18:00:00Z
    """  # noqa: D301
    workspace = Workspace.find(overrides)
    moment = as_of or utc_now().replace(microsecond=0)
    with progress(show_detail=True) as listener, workspace.held():
        build_marts(
            workspace.project, workspace.database, moment, overrides, listener, with_rules=True
        )
    click.echo(f"Built as of {moment:%Y-%m-%d %H:%M:%S} UTC.")
