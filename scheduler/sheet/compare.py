"""What a person changed in a sheet, message by message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.sheet.caption_lookup import Captioned
from scheduler.sheet.published import Message


@dataclass(frozen=True)
class Moved:
    """A message at another time (UTC)."""

    message: Message
    row: Captioned
    before: datetime
    after: datetime


@dataclass(frozen=True)
class Repriced:
    """A message at another price, dollars."""

    message: Message
    row: Captioned
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Swapped:
    """A message with another caption, or with another text under the same id."""

    message: Message
    row: Captioned
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Relocked:
    """A message that was locked, or set free."""

    message: Message
    row: Captioned
    is_locked: bool


@dataclass(frozen=True)
class Edits:
    """The difference between a sheet and what was published. A message may be in several lists.

    Attributes:
        deleted: messages of the sheet's pages and weeks that no row is about.
        added: rows that no published message is behind.
        unchanged: messages whose row says what was published.
    """

    moved: tuple[Moved, ...] = ()
    repriced: tuple[Repriced, ...] = ()
    swapped: tuple[Swapped, ...] = ()
    relocked: tuple[Relocked, ...] = ()
    deleted: tuple[Message, ...] = ()
    added: tuple[Captioned, ...] = ()
    unchanged: tuple[Message, ...] = ()


def compare(rows: Sequence[Captioned], published: Iterable[Message]) -> Edits:
    """Edits that turn what was published into the sheet.

    A row is the message of its Message_ID; else, as a spreadsheet may have spoilt the id, the one
    of its page and week with the same caption, the nearest in time first; else it is new.

    Args:
        rows: of the sheet, understood.
        published: messages of the same pages and weeks, of one version each.
    """
    messages = list(published)
    pairs = _paired(rows, messages)
    behind = {id(message) for message in pairs.values()}
    changes = [
        (messages_row, message, _changes(messages_row, message))
        for index, messages_row in enumerate(rows)
        if (message := pairs.get(index)) is not None
    ]
    every = [change for _, _, found in changes for change in found]
    return Edits(
        moved=tuple(change for change in every if isinstance(change, Moved)),
        repriced=tuple(change for change in every if isinstance(change, Repriced)),
        swapped=tuple(change for change in every if isinstance(change, Swapped)),
        relocked=tuple(change for change in every if isinstance(change, Relocked)),
        deleted=tuple(message for message in messages if id(message) not in behind),
        added=tuple(row for index, row in enumerate(rows) if index not in pairs),
        unchanged=tuple(message for _, message, found in changes if not found),
    )


def _paired(rows: Sequence[Captioned], messages: Sequence[Message]) -> dict[int, Message]:
    """Index of a row -> its message."""
    by_id = {message.message_id: message for message in messages}
    pairs: dict[int, Message] = {}
    for index, row in enumerate(rows):
        message = by_id.get(row.placed.row.message_id or "")
        if message is not None and message.page_name == row.placed.row.page_name:
            pairs[index] = by_id.pop(message.message_id)
    near = sorted(
        (abs((row.placed.send_at - message.send_at).total_seconds()), index, message.message_id)
        for index, row in enumerate(rows)
        if index not in pairs
        for message in by_id.values()
        if _is_same_caption(row, message)
    )
    for _, index, key in near:
        if index not in pairs and key in by_id:
            pairs[index] = by_id.pop(key)
    return pairs


def _is_same_caption(row: Captioned, message: Message) -> bool:
    sheet = row.placed.row
    return (
        row.caption_id is not None
        and row.caption_id == message.caption_id
        and (sheet.page_name, sheet.week_start) == (message.page_name, message.week_start)
    )


def _changes(row: Captioned, message: Message) -> list[Moved | Repriced | Swapped | Relocked]:
    sheet = row.placed.row
    found: list[Moved | Repriced | Swapped | Relocked] = []
    if row.placed.send_at != message.send_at:
        found.append(Moved(message, row, message.send_at, row.placed.send_at))
    if sheet.price != message.price:
        found.append(Repriced(message, row, message.price, sheet.price))
    if row.caption_id != message.caption_id or row.notes:
        found.append(Swapped(message, row, message.caption_id, row.caption_id))
    if sheet.is_locked is not None and sheet.is_locked != message.is_locked:
        found.append(Relocked(message, row, sheet.is_locked))
    return found
