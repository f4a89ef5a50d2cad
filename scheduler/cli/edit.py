"""Commands by which a person changes a planned week."""

import getpass
from pathlib import Path

import click

from scheduler.cli.console import progress
from scheduler.cli.exit_codes import RULES_BROKEN
from scheduler.cli.options import page_name
from scheduler.editing.lock import lock as lock_messages
from scheduler.editing.sheet_import import Imported, import_sheet
from scheduler.export.week_files import export_published
from scheduler.marts.edit_tables import Hand
from scheduler.marts.run_result import RunResult
from scheduler.moments import utc_now
from scheduler.output_files import check_output_dir
from scheduler.sheet import read_sheet, read_table, read_weeks
from scheduler.training.standing import fresh_marts
from scheduler.warehouse import Workspace, connect

by_option = click.option(
    "--by", help="Who does it, for the record. Default: the login name.", metavar="NAME"
)
output_option = click.option(
    "--output-dir", type=click.Path(path_type=Path), default=Path("output"), show_default=True,
    help="Where the files are written again.",
)  # fmt: skip


def hand_of(by: str | None, source: str) -> Hand:
    """Who acts now."""
    return Hand((by or getpass.getuser()).strip(), utc_now(), source)


@click.command()
@click.argument("page", callback=page_name)
@click.argument("message_ids", nargs=-1, required=True, metavar="MESSAGE_ID...")
@click.option("--unlock", is_flag=True, help="Set them free again.")
@by_option
@output_option
def lock(
    page: str, message_ids: tuple[str, ...], unlock: bool, by: str | None, output_dir: Path
) -> None:
    """Lock messages of PAGE: later runs of the week keep them to the byte.

    Time, price, caption and text stay, and they count in every rule: caps, mix, spacing, fatigue.
    The ids are in the column Message_ID of the page's schedule.

    \b
    Examples:
      scheduler lock lunavale 1f6a0c2b9d3e4f50 77aa01bc23de45f6
      scheduler lock lunavale 1f6a0c2b9d3e4f50 --unlock
    """  # noqa: D301
    check_output_dir(output_dir)
    with Workspace.find().held(), connect() as warehouse:
        hand = hand_of(by, "lock --unlock" if unlock else "lock")
        week = lock_messages(warehouse, page, message_ids, hand, is_locked=not unlock)
        result = export_published(warehouse, week, (page,), output_dir)
    done = "set free" if unlock else "locked"
    click.echo(f"{page}, week of {week}: {len(set(message_ids))} messages {done}.")
    print_files(result, page)


def print_files(result: RunResult, page: str) -> None:
    """Where the page's files are, or why there are none."""
    own = result.pages[page]
    if own.csv_path is not None:
        click.echo(f"Written again: {own.csv_path}")
    elif own.reason:
        click.echo(f"Not written: {own.reason}", err=True)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@by_option
@output_option
@click.option("--check", is_flag=True, help="Say what would be done, and change nothing.")
def import_(files: tuple[Path, ...], by: str | None, output_dir: Path, check: bool) -> None:
    """Take edited sheets into their weeks: moved, repriced, swapped, deleted, added rows.

    FILES are CSV or .xlsx, as Excel, Sheets, Numbers or LibreOffice save them. Each file is taken
    whole or not at all: with a cell that can't be read, an edit that a newer plan contradicts, or
    a row that breaks tier 1, each is named and nothing is changed. What was edited by hand is
    locked from then on.

    \b
    Examples:
      scheduler import output/lunavale_schedule.csv
      scheduler import output/agency_schedule.xlsx --check

    Exit code 1: a file was refused.
    """  # noqa: D301
    check_output_dir(output_dir)
    tables = [read_table(path) for path in files]
    refused = False
    with progress() as listener, fresh_marts(listener, trained=True) as standing:
        weeks = read_weeks(standing.warehouse)
        for table in tables:
            hand = hand_of(by, f"import {table.path.name}")
            done = import_sheet(standing, read_sheet(table, weeks), hand, check=check)
            _print_import(table.path, done, check=check)
            refused |= done.is_refused
            for week in sorted({version.week for version in done.versions if not check}):
                pages = tuple(v.page_name for v in done.versions if v.week == week)
                export_published(standing.warehouse, week, pages, output_dir)
    if refused:
        raise click.exceptions.Exit(RULES_BROKEN)


def _print_import(path: Path, done: Imported, *, check: bool) -> None:
    if done.is_refused:
        lines = [*map(str, done.problems), *map(str, done.conflicts), *done.refused]
        click.echo(f"{path}: nothing was changed, {len(lines)} to mend", err=True)
        for line in lines:
            click.echo(f"  {line}", err=True)
        return
    if not done.versions:
        click.echo(f"{path}: nothing to change.")
    for version in done.versions:
        gain = version.expected - version.expected_before
        click.echo(
            f"{version.page_name}, week of {version.week}: {len(version.edits)} edits"
            f"{' would be' if check else ''} made, expected revenue ${version.expected:,.2f}"
            f" ({'+' if gain >= 0 else '-'}${abs(gain):,.2f})"
        )
        for edit in version.edits:
            click.echo(f"  {edit}")
    for note in done.notes:
        click.echo(f"  note    {note}")
