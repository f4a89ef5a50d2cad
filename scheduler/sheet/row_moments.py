"""The moments of a sheet's rows: local times of pages that the warehouse knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from scheduler.sheet.cell_values import shown
from scheduler.sheet.published import Message
from scheduler.sheet.sheet_rows import Problem, SheetRow


@dataclass(frozen=True)
class Placed:
    """A row with its moment.

    Attributes:
        send_at: UTC without a zone mark.
        published: the message that its Message_ID names, if any.
        note: what a person should know of the time; None for a plain one.
    """

    row: SheetRow
    send_at: datetime
    published: Message | None = None
    note: str | None = None


def place(
    rows: Iterable[SheetRow], zones: Mapping[str, str], published: Mapping[str, Message]
) -> tuple[list[Placed], list[Problem]]:
    """When each row is sent.

    Args:
        rows: of the sheet.
        zones: page -> IANA time zone, of every page.
        published: message id -> message.

    Returns:
        The rows that have a moment, and why the others have none: a page that is not there, another
        time zone than the page's, a local time that the clock leaves out.
    """
    placed, problems = [], []
    for row in rows:
        zone = zones.get(row.page_name)
        if zone is None:
            problems.append(Problem(row.where, ("Page_Name",), _no_page(row.page_name, zones)))
        elif other := _other_zone(row, zone):
            problems.append(Problem(row.where, ("Timezone", "Page_Name"), other))
        else:
            done = _moment(row, ZoneInfo(zone), published.get(row.message_id or ""))
            if isinstance(done, Placed):
                placed.append(done)
            else:
                problems.append(done)
    return placed, problems


def _no_page(name: str, zones: Mapping[str, str]) -> str:
    near = get_close_matches(name, list(zones), 1, 0.7)
    hint = f"; is it {near[0]}?" if near else ""
    return f"{shown(name)} is no page of the agency{hint}"


def _other_zone(row: SheetRow, zone: str) -> str | None:
    """Why the row's zone is not the page's; None when it is, under any name."""
    if row.timezone is None or row.timezone == zone:
        return None
    try:
        theirs = ZoneInfo(row.timezone)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder of zones
        return f"{shown(row.timezone)} is no time zone; the page's is {zone}"
    if row.local_at.replace(tzinfo=theirs).utcoffset() == _offset(row.local_at, zone):
        return None
    return f"Timezone says {row.timezone}, the zone of {row.page_name} is {zone}: write times in it"


def _offset(local: datetime, zone: str) -> timedelta | None:
    return local.replace(tzinfo=ZoneInfo(zone)).utcoffset()


def _moment(row: SheetRow, zone: ZoneInfo, published: Message | None) -> Placed | Problem:
    first = _utc(row.local_at.replace(tzinfo=zone, fold=0))
    second = _utc(row.local_at.replace(tzinfo=zone, fold=1))
    if first == second:
        return Placed(row, first, published)
    back = first.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    if back != row.local_at.replace(fold=0):
        return Problem(
            row.where,
            ("Date", "Time"),
            f"{row.local_at:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clock goes forward"
            " over it",
        )
    chosen = second if published is not None and published.send_at == second else first
    which = "second" if chosen == second else "first"
    return Placed(
        row,
        chosen,
        published,
        f"{row.local_at:%Y-%m-%d %H:%M} comes twice in {zone.key}, as the clock goes back; the"
        f" {which} is taken, {chosen:%H:%M} UTC",
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
