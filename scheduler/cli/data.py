"""Commands that bring data in and keep the warehouse in order."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from scheduler.cli.console import progress
from scheduler.cli.options import Moment, as_of_option, vars_option

COULD_NOT_RUN = 2


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
    from scheduler.run.demo import DemoSize, load_demo  # noqa: PLC0415

    with progress() as listener:
        report = load_demo(DemoSize(pages, messages, captions, seed), as_of, output_dir, listener)
    for line in report.lines():
        click.echo(line)


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
    from scheduler.loading import load_directory, raw_tables  # noqa: PLC0415
    from scheduler.warehouse import connect, database_path, exclusive  # noqa: PLC0415

    with (
        progress() as listener,
        exclusive(database_path()),
        connect(must_exist=False) as warehouse,
    ):
        listener.step(f"Loading {directory}.")
        report = load_directory(raw_tables(warehouse), directory)
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
    from scheduler.run.build import build_marts, utc_now  # noqa: PLC0415
    from scheduler.warehouse import (  # noqa: PLC0415
        DbtProject,
        connect,
        database_path,
        exclusive,
        overriding,
    )

    project, database = DbtProject.find(), database_path()
    project.with_overrides(overrides)
    moment = as_of or utc_now().replace(microsecond=0)
    with overriding(overrides), progress(show_detail=True) as listener:
        connect().close()
        with exclusive(database):
            build_marts(project, database, moment, overrides, listener, with_rules=True)
    click.echo(f"Built as of {moment:%Y-%m-%d %H:%M:%S} UTC.")


@click.command()
def doctor() -> None:
    """Check the set-up and say what to fix. Exit code 2 when something must be.

    \b
    Example:
      scheduler doctor
    """  # noqa: D301
    from scheduler.run.doctor import checks  # noqa: PLC0415

    broken = False
    for check in checks():
        click.echo(f"{check.mark:<5} {check.name}: {check.text}")
        broken = broken or check.mark == "FIX"
    if broken:
        raise click.exceptions.Exit(COULD_NOT_RUN)
