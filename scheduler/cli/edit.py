"""Commands by which a person changes a planned week."""

import getpass
from pathlib import Path

import click

from scheduler.cli.options import page_name
from scheduler.editing.lock import lock as lock_messages
from scheduler.export.week_files import export_published
from scheduler.marts.edit_tables import Hand
from scheduler.marts.run_result import RunResult
from scheduler.moments import utc_now
from scheduler.output_files import check_output_dir
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
