"""Commands by which a person changes a planned week."""

import getpass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from scheduler.cli.console import progress
from scheduler.cli.exit_codes import RULES_BROKEN
from scheduler.cli.google_option import read_option, read_sources
from scheduler.cli.options import Day, as_of_option, page_name
from scheduler.editing.changes import (
    Add,
    Delete,
    Judgement,
    MessageChange,
    Move,
    PriceTest,
    Reprice,
    Swap,
    apply_changes,
    judge_changes,
)
from scheduler.editing.lock import lock as lock_messages
from scheduler.editing.prepared_week import prepare_week
from scheduler.editing.sheet_import import Imported, import_sheet
from scheduler.editing.versions import RefusedChange, Version
from scheduler.export.week_files import export_published
from scheduler.marts.edit_tables import Hand
from scheduler.marts.run_result import RunResult
from scheduler.moments import utc_now
from scheduler.output_files import check_output_dir
from scheduler.sheet import read_sheet, read_weeks
from scheduler.training.standing import fresh_marts
from scheduler.warehouse import Workspace, connect

by_option = click.option(
    "--by", "--who", "by", metavar="NAME",
    help="Who does it, for the record. Default: the login name.",
)  # fmt: skip
week_option = click.option(
    "--week", type=Day(), help="Monday of the week. Default: the page's latest published one."
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
    """Say where the page's files are, or why there are none."""
    own = result.pages[page]
    if own.csv_path is not None:
        click.echo(f"Written again: {own.csv_path}")
    elif own.reason:
        click.echo(f"Not written: {own.reason}", err=True)


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@read_option
@by_option
@output_option
@as_of_option
@click.option("--check", is_flag=True, help="Say what would be done, and change nothing.")
def import_(
    files: tuple[Path, ...], url: str | None, by: str | None, output_dir: Path,
    as_of: datetime | None, check: bool,
) -> None:  # fmt: skip
    """Take edited sheets into their weeks: moved, repriced, swapped, deleted, added rows.

    FILES are CSV or .xlsx, as Excel, Sheets, Numbers or LibreOffice save them; --sheet reads the
    spreadsheet that `scheduler export --sheet` wrote. Each is taken whole or not at all: with a
    cell that can't be read, an edit that a newer plan contradicts, or a row that breaks tier 1,
    each is named and nothing is changed. What was edited by hand is locked from then on.

    \b
    Examples:
      scheduler import output/lunavale_schedule.csv
      scheduler import output/agency_schedule.xlsx --check
      scheduler import --sheet https://docs.google.com/spreadsheets/d/1AbC

    Exit code 1: a sheet was refused.
    """  # noqa: D301
    if not files and url is None:
        raise click.UsageError("Name a file, or a spreadsheet with --sheet.")
    check_output_dir(output_dir)
    sources = read_sources(files, url)
    refused = False
    with progress() as listener, fresh_marts(listener, as_of=as_of, trained=True) as standing:
        weeks = read_weeks(standing.warehouse)
        for source, table in sources:
            hand = hand_of(by, f"import {source}")
            done = import_sheet(standing, read_sheet(table, weeks), hand, check=check)
            _print_import(table.name, done, check=check)
            refused |= done.is_refused
            for week in sorted({version.week for version in done.versions if not check}):
                pages = tuple(v.page_name for v in done.versions if v.week == week)
                export_published(standing.warehouse, week, pages, output_dir)
    if refused:
        raise click.exceptions.Exit(RULES_BROKEN)


def _print_import(name: str, done: Imported, *, check: bool) -> None:
    if done.is_refused:
        lines = [*map(str, done.problems), *map(str, done.conflicts), *done.refused]
        click.echo(f"{name}: nothing was changed, {len(lines)} to mend", err=True)
        for line in lines:
            click.echo(f"  {line}", err=True)
        return
    if not done.versions:
        click.echo(f"{name}: nothing to change.")
    for version in done.versions:
        print_version(version, "edits would be made" if check else "edits made")
    for note in done.notes:
        click.echo(f"  note    {note}")


def print_version(version: Version, done: str) -> None:
    """Say what a new version changes and what it brings."""
    gain = version.expected - version.expected_before
    click.echo(
        f"{version.page_name}, week of {version.week}: {len(version.edits)} {done},"
        f" expected revenue ${version.expected:,.2f} ({signed(gain)})"
    )
    for edit in version.edits:
        click.echo(f"  {edit}")


def signed(dollars: float) -> str:
    """Dollars more or less."""
    return f"{'-' if dollars < 0 else '+'}${abs(dollars):,.2f}"


@click.command()
@click.argument("page", callback=page_name)
@click.argument("message_id", required=False)
@click.option("--to", "moment", type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]),
              help="Send it then, on the page's clock: '2026-11-27 19:00'.")  # fmt: skip
@click.option("--price", type=float, help="Ask this price, dollars.")
@click.option("--caption", type=int, help="Send this caption (its id); see `scheduler captions`.")
@click.option("--price-test", type=float,
              help="Send its caption once more, --to then, at this price.")  # fmt: skip
@click.option("--delete", is_flag=True, help="Leave the message out.")
@week_option
@click.option("--check", is_flag=True, help="Say what it would earn and break; change nothing.")
@by_option
@output_option
@as_of_option
def change(
    page: str,
    message_id: str | None,
    week: date | None,
    check: bool,
    by: str | None,
    output_dir: Path,
    as_of: datetime | None,
    **wanted: Any,
) -> None:
    """Change one message of PAGE's published week: its time, price or caption, or leave it out.

    Without MESSAGE_ID a message is added: --to, --price and --caption say which. The week's
    expected revenue before and after is told, and every rule that the change breaks. A changed
    message is locked from then on. A price test is the one way to send a caption twice in a week.

    \b
    Examples:
      scheduler change lunavale 1f6a0c2b9d3e4f50 --to '2026-11-27 19:00' --check
      scheduler change lunavale 1f6a0c2b9d3e4f50 --price 18
      scheduler change lunavale 1f6a0c2b9d3e4f50 --delete
      scheduler change lunavale 1f6a0c2b9d3e4f50 --price-test 25 --to '2026-11-28 20:00'

    Exit code 1: the rulebook refuses it; nothing was changed.
    """  # noqa: D301
    changes = _changes(message_id, **wanted)
    check_output_dir(output_dir)
    with progress() as listener, fresh_marts(listener, as_of=as_of, trained=True) as standing:
        prepared = prepare_week(standing, page, week)
        judgement = judge_changes(prepared, changes)
        _print_judgement(judgement)
        if check:
            return
        try:
            apply_changes(standing, prepared, changes, hand_of(by, "change"))
        except RefusedChange as error:
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(RULES_BROKEN) from error
        result = export_published(standing.warehouse, prepared.week, (page,), output_dir)
    print_files(result, page)


def _changes(
    message: str | None, moment: datetime | None, price: float | None, caption: int | None,
    price_test: float | None, *, delete: bool,
) -> list[MessageChange]:  # fmt: skip
    if price_test is not None:
        if message is None or moment is None or delete or (price, caption) != (None, None):
            raise click.UsageError("--price-test needs MESSAGE_ID and --to, and nothing else.")
        return [PriceTest(message, moment, price_test)]
    if message is None:
        if moment is None or price is None or caption is None or delete:
            raise click.UsageError("A new message needs --to, --price and --caption.")
        return [Add(moment, price, caption)]
    if delete:
        if (moment, price, caption) != (None, None, None):
            raise click.UsageError("--delete goes alone.")
        return [Delete(message)]
    found: list[MessageChange] = []
    if moment is not None:
        found.append(Move(message, moment))
    if price is not None:
        found.append(Reprice(message, price))
    if caption is not None:
        found.append(Swap(message, caption))
    if not found:
        raise click.UsageError("Say what to change: --to, --price, --caption or --delete.")
    return found


def _print_judgement(found: Judgement) -> None:
    gain = found.difference
    click.echo(
        f"{found.week.page_name}, week of {found.week.week}: expected revenue"
        f" ${found.after.expected:,.2f}, {signed(gain.expected)}"
        f" ({signed(gain.low)} to {signed(gain.high)})"
    )
    for rule in found.broken:
        known = "" if rule.is_new else " (as before)"
        where = f" [{rule.message_id}]" if rule.message_id else ""
        click.echo(f"  tier {rule.tier}  {rule.rule}: {rule.detail}{where}{known}")
