"""Commands on the versions of a page's week: compare, take back, suppose, approve."""

from datetime import date, datetime
from pathlib import Path

import click

from scheduler.cli.console import progress
from scheduler.cli.edit import (
    by_option,
    hand_of,
    output_option,
    print_files,
    print_version,
    signed,
    week_option,
)
from scheduler.cli.exit_codes import RULES_BROKEN
from scheduler.cli.options import Day, as_of_option, page_name
from scheduler.editing.approval import approve as approve_weeks
from scheduler.editing.rollback import roll_back
from scheduler.editing.version_diff import (
    WeekVersion,
    diff_versions,
    version_named,
)
from scheduler.editing.version_diff import history as read_history
from scheduler.editing.versions import RefusedChange
from scheduler.editing.what_if import WEEKDAYS, Supposition, WhatIf
from scheduler.editing.what_if import what_if as suppose
from scheduler.export.week_files import export_published
from scheduler.output_files import check_output_dir
from scheduler.training.standing import fresh_marts
from scheduler.warehouse import Workspace, connect


@click.command()
@click.argument("page", callback=page_name)
@week_option
def history(page: str, week: date | None) -> None:
    """List every version of PAGE's week: who made it, what it is expected to earn, what stands.

    \b
    Example:
      scheduler history lunavale
    """  # noqa: D301
    with connect() as warehouse:
        versions = read_history(warehouse, page, week)
    click.echo(f"{page}, week of {versions[0].week_start}")
    for version in versions:
        click.echo(_line(version))


def _line(version: WeekVersion) -> str:
    dollars = "-" if version.expected_revenue is None else f"${version.expected_revenue:,.2f}"
    return (
        f"{version.version_number:>4}  {version.schedule_id}  {version.stage:<10}"
        f" {version.message_count:>3} messages {dollars:>12}  {version.made_by}: {version.source}"
    )


@click.command()
@click.argument("page", callback=page_name)
@click.argument("before", required=False)
@click.argument("after", required=False)
@week_option
def diff(page: str, before: str | None, after: str | None, week: date | None) -> None:
    """Show what one version of PAGE's week has otherwise than another.

    BEFORE and AFTER are numbers or ids as `scheduler history` lists them. Default: the version that
    stands, against the one before it.

    \b
    Examples:
      scheduler diff lunavale
      scheduler diff lunavale 1 3
    """  # noqa: D301
    with connect() as warehouse:
        versions = read_history(warehouse, page, week)
        new = version_named(versions, after) if after else _standing(versions)
        old = version_named(versions, before) if before else _previous(versions, new)
        found = diff_versions(warehouse, old, new)
    gain = (new.expected_revenue or 0.0) - (old.expected_revenue or 0.0)
    click.echo(
        f"{page}, week of {new.week_start}: version {old.version_number} ->"
        f" {new.version_number}, {len(found.changes)} changes, {signed(gain)} expected"
    )
    for change in found.changes:
        click.echo(
            f"  {change.message_id} {change.kind}: {change.field}"
            f" {_shown(change.before)} -> {_shown(change.after)}"
        )


def _standing(versions: list[WeekVersion]) -> WeekVersion:
    standing = [v for v in versions if v.stage in ("active", "approved", "proposed")]
    return (standing or versions)[-1]


def _previous(versions: list[WeekVersion], of: WeekVersion) -> WeekVersion:
    earlier = [v for v in versions if v.version_number < of.version_number]
    if not earlier:
        raise click.UsageError("There is no earlier version of this week to compare with.")
    return earlier[-1]


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)


@click.command()
@click.argument("page", callback=page_name)
@click.argument("version")
@week_option
@by_option
@output_option
@as_of_option
def rollback(
    page: str, version: str, week: date | None, by: str | None, output_dir: Path,
    as_of: datetime | None,
) -> None:  # fmt: skip
    """Bring an earlier VERSION of PAGE's week back, as a new version.

    VERSION is a number or id as `scheduler history` lists them. Messages that were due before now
    stay as they are. The rulebook must allow the week as of today.

    \b
    Example:
      scheduler rollback lunavale 1

    Exit code 1: the rulebook refuses it; nothing was changed.
    """  # noqa: D301
    check_output_dir(output_dir)
    with progress() as listener, fresh_marts(listener, as_of=as_of, trained=True) as standing:
        try:
            done = roll_back(standing, page, version, hand_of(by, f"rollback {version}"), week)
        except RefusedChange as error:
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(RULES_BROKEN) from error
        result = export_published(standing.warehouse, done.version.week, (page,), output_dir)
    print_version(done.version, f"edits bring version {done.to.version_number} back")
    if done.kept:
        click.echo(f"  {done.kept} messages that were due before now stay as they are.")
    print_files(result, page)


class Weekdays(click.ParamType[int]):
    """A day of the week by its English name."""

    name = "weekday"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """ISO weekday of a name or of three letters and more of it."""
        if isinstance(value, int):
            return value
        text = str(value).strip().lower()
        found = [n for n, day in enumerate(WEEKDAYS, 1) if len(text) >= 3 and day.startswith(text)]
        if not found:
            self.fail(f"{value!r} is no day of the week, such as Friday.", param, ctx)
        return found[0]


@click.command("what-if")
@click.argument("page", callback=page_name)
@click.option("--max-messages", type=click.IntRange(min=1), help="At most so many messages.")
@click.option("--min-messages", type=click.IntRange(min=1), help="At least so many.")
@click.option("--price", type=float, help="Every free message at this price, dollars.")
@click.option("--without", type=Weekdays(), multiple=True, help="No message that day; repeatable.")
@click.option("--week", type=Day(), help="Monday of the week. Default: the next one.")
@as_of_option
def what_if(
    page: str, max_messages: int | None, min_messages: int | None, price: float | None,
    without: tuple[int, ...], week: date | None, as_of: datetime | None,
) -> None:  # fmt: skip
    """Plan PAGE's week under other rules, and say what it would earn more or less.

    Two weeks are planned, one as things are and one as supposed. Nothing is saved.

    \b
    Examples:
      scheduler what-if lunavale --max-messages 10
      scheduler what-if lunavale --price 15 --without Friday
    """  # noqa: D301
    supposed = Supposition(max_messages, min_messages, price, frozenset(without))
    if supposed == Supposition():
        raise click.UsageError("Say what to suppose, such as --max-messages 10.")
    with progress() as listener, fresh_marts(listener, as_of=as_of, trained=True) as standing:
        found = suppose(standing, page, supposed, week)
    _print_what_if(found)


def _print_what_if(found: WhatIf) -> None:
    gain = found.difference
    click.echo(f"{found.page_name}, week of {found.week}: nothing was saved")
    for name, week in (("as things are", found.now), ("as supposed", found.then)):
        count = len(week.plan.messages)
        click.echo(f"  {name:<13} {count:>3} messages  ${week.expected:>10,.2f} expected")
    click.echo(
        f"  difference    {signed(gain.expected)} ({signed(gain.low)} to {signed(gain.high)})"
    )
    for rule in found.relaxed:
        click.echo(f"  not kept then: {rule}")


@click.command()
@click.argument("pages", nargs=-1, required=True, callback=page_name, metavar="PAGE...")
@week_option
@by_option
@output_option
def approve(pages: tuple[str, ...], week: date | None, by: str | None, output_dir: Path) -> None:
    """Approve the published weeks of PAGEs: they may go out as they are now.

    The approval is for exactly these times, prices and captions: any later change, by hand, by an
    import or by another run, makes it void. With the setting require_approval, files mark weeks
    that nobody has approved.

    \b
    Examples:
      scheduler approve lunavale
      scheduler approve lunavale mirabelle --who ann
    """  # noqa: D301
    check_output_dir(output_dir)
    with Workspace.find().held(), connect() as warehouse:
        given = approve_weeks(warehouse, pages, hand_of(by, "approve"), week)
        for monday in sorted({approval.week_start for approval in given}):
            own = tuple(a.page_name for a in given if a.week_start == monday)
            export_published(warehouse, monday, own, output_dir)
    for approval in given:
        click.echo(
            f"{approval.page_name}, week of {approval.week_start}: approved by"
            f" {approval.approved_by} at {approval.approved_at:%Y-%m-%d %H:%M} UTC"
            f" (content {approval.content_hash[:12]})"
        )
