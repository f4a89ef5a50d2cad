"""`scheduler alerts`: what is open and what to do; `scheduler alerts ack`: somebody has seen it."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from scheduler import log
from scheduler.cli.options import page_name
from scheduler.cli.terminal import tinted, wrapped
from scheduler.marts.alert_tables import acknowledge, alerts_named, read_alerts
from scheduler.marts.week_state import built_settings
from scheduler.moments import utc_now
from scheduler.warehouse import connect, database_path, exclusive

_ID_SHOWN = 10


@click.group(invoke_without_command=True)
@click.option("--all", "every", is_flag=True, help="Those that are over, too.")
@click.option("--page", callback=page_name, help="Of this page only.")
@click.pass_context
def alerts(ctx: click.Context, every: bool, page: str | None) -> None:
    """List open alerts: page, severity, dollars at stake, since when, what to do.

    \b
    Examples:
      scheduler alerts
      scheduler alerts --page lunavale --all
      scheduler alerts ack 3f9c07a1d2
    """  # noqa: D301
    if ctx.invoked_subcommand is not None:
        return
    with connect() as warehouse:
        rows = read_alerts(warehouse, page, every=every)
    for line in alert_lines(rows, page):
        click.echo(line)


@alerts.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--who", help="Who has seen it. Default: the name of this account.")
@click.option("--note", default="", help="What there is to say about it.")
def ack(ids: tuple[str, ...], who: str | None, note: str) -> None:
    """Acknowledge alerts: they stay open and are listed last, until they open anew.

    An ID may be shortened as long as it fits one open alert.

    \b
    Example:
      scheduler alerts ack 3f9c07a1d2 --who Ann --note "page is on holiday"
    """  # noqa: D301
    name = (who or account()).strip()
    if not name:
        raise click.UsageError("--who is empty. Give a name.")
    with exclusive(database_path()), connect() as warehouse:
        found = alerts_named(read_alerts(warehouse), ids)
        as_of = built_settings(warehouse).as_of
        acknowledge(warehouse, found, name, note.strip(), as_of, utc_now())
    for row in found:
        log.event("alert_acknowledged", alert_id=row["alert_id"], alert_type=row["alert_type"])
        click.echo(f"Acknowledged by {name}: {about(row)}: {row['title'] or row['alert_type']}")


def account() -> str:
    """The name of the account that runs this."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def about(row: Mapping[str, Any]) -> str:
    """The page that an alert is about, or the agency."""
    return str(row["page_name"] or "the agency")


def alert_lines(rows: Sequence[Mapping[str, Any]], page: str | None = None) -> Iterator[str]:
    """The list as lines of 80 columns: a sentence on the whole, then each alert."""
    is_open = [row for row in rows if row["is_open"]]
    seen = sum(row["acknowledged_at"] is not None for row in is_open)
    of_page = f" of {page}" if page else ""
    if not is_open:
        yield tinted(f"No open alert{of_page}.", "good")
    else:
        more = f", {seen} of them acknowledged" if seen else ""
        yield tinted(f"{len(is_open)} open alert{'s' * (len(is_open) > 1)}{of_page}{more}.", "head")
    for row in rows:
        yield ""
        yield from _one(row)


def _one(row: Mapping[str, Any]) -> Iterator[str]:
    severity = f"{row['severity'] or '':<8}"
    title = row["title"] or row["alert_type"]
    first, *rest = wrapped(f"{about(row)}: {title}", " " * 10, f"{severity}  ")
    yield first.replace(severity, tinted(severity, row["severity"] or ""), 1)
    yield from rest
    yield from wrapped(_standing(row), " " * 10)
    yield from wrapped(row["detail"], " " * 10)
    if row["is_open"] and row["action"]:
        yield from wrapped(f"Do: {row['action']}", " " * 10)
    if row["acknowledged_at"] is not None:
        note = f": {row['acknowledgement_note']}" if row["acknowledgement_note"] else "."
        seen = f"Seen by {row['acknowledged_by']} on {row['acknowledged_at']:%Y-%m-%d}{note}"
        yield from wrapped(seen, " " * 10)


def _standing(row: Mapping[str, Any]) -> str:
    """Since when, what is at stake, and the id."""
    before = "before " if row["is_opened_earlier"] else ""
    parts = [f"since {before}{row['opened_at']:%Y-%m-%d}"]
    if not row["is_open"]:
        over = "resolved" if row["status"] == "resolved" else "not judged any more"
        parts.append(f"{over} {row['resolved_at']:%Y-%m-%d}")
    if row["dollars_at_stake"]:
        parts.append(f"about ${row['dollars_at_stake']:,.0f} a week at stake")
    return ", ".join([*parts, f"id {row['alert_id'][:_ID_SHOWN]}"])
