"""A sheet that was understood, merged into one of its weeks. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from scheduler.editing.merge import merge
from scheduler.editing.merged_week import Conflict, Merged
from scheduler.sheet import Captioned, Message, Understood, compare

PageWeek = tuple[str, date]


def sheet_weeks(understood: Understood) -> list[PageWeek]:
    """(page, Monday) of every week that the sheet is about, in order."""
    rows = (message.placed.row for message in understood.messages)
    return sorted(
        {(row.page_name, row.week_start) for row in rows}
        | {(message.page_name, message.week_start) for message in understood.published}
    )


def merged_week(
    understood: Understood, week: PageWeek, stands: Sequence[Message], as_of: datetime
) -> Merged:
    """The sheet's edits of one page's week upon the version that stands.

    Args:
        understood: the sheet.
        week: the page and its Monday.
        stands: messages of the version that stands.
        as_of: messages up to here were sent.
    """
    base = [m for m in understood.published if (m.page_name, m.week_start) == week]
    named = {message.message_id for message in base}
    rows = [
        message
        for message in understood.messages
        if _week_of(message) == week or message.placed.row.message_id in named
    ]
    edits = compare(rows, base)
    if edits.deleted and not _names_version(rows, base):
        return Merged((), (), (), (_no_version(week),), {})
    return merge(base, edits, stands, as_of)


def unplanned_weeks(understood: Understood, planned: set[PageWeek]) -> list[Conflict]:
    """Rows of weeks for which nothing is published."""
    return [
        Conflict(row.where, f"{row.page_name} has no published week of {row.week_start}")
        for row in (message.placed.row for message in understood.messages)
        if (row.page_name, row.week_start) not in planned
    ]


def _week_of(message: Captioned) -> PageWeek:
    return message.placed.row.page_name, message.placed.row.week_start


def _names_version(rows: Sequence[Captioned], base: Sequence[Message]) -> bool:
    schedules = {message.schedule_id for message in base}
    ids = {message.message_id for message in base}
    cells = [row.placed.row for row in rows]
    return any(cell.schedule_id in schedules or cell.message_id in ids for cell in cells)


def _no_version(week: PageWeek) -> Conflict:
    return Conflict(
        f"{week[0]}, week of {week[1]}",
        "no row says by Schedule_ID or Message_ID which plan it was made from, and messages are"
        " missing: start from the file that `scheduler export` writes",
    )
