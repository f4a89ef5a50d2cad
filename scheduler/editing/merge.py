"""A person's edits and a newer plan put together: three versions in, one out, or named conflicts.

The version a sheet was made from is what both sides changed. What one side changed is taken; what
both changed to different values is a conflict, and so is what can't be meant. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.sheet import Captioned, Edits, Message


@dataclass(frozen=True)
class Conflict:
    """An edit that is not taken, and why; with one, nothing of the sheet is.

    Attributes:
        where: the row of the sheet; for a deleted message its id.
    """

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


@dataclass(frozen=True)
class Change:
    """A field of a message that the sheet changes against the current version.

    Attributes:
        message_id: None for a message that is new.
        kind: as `schedule_edits` has it.
    """

    message_id: str | None
    kind: str
    field: str
    before: object
    after: object


@dataclass(frozen=True)
class NewMessage:
    """A message that the sheet adds."""

    where: str
    send_at: datetime
    price: float | None
    caption_id: int | None
    is_locked: bool


@dataclass(frozen=True)
class Merged:
    """What a page's week becomes.

    Attributes:
        messages: of the current version, as they are now to be; those deleted are gone.
        added: new ones.
        changes: what differs from the current version.
        conflicts: with any, the rest is not to be used.
        wheres: message id -> row of the sheet.
    """

    messages: tuple[Message, ...]
    added: tuple[NewMessage, ...]
    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]
    wheres: Mapping[str, str]


def merge(
    base: Sequence[Message], edits: Edits, current: Sequence[Message], as_of: datetime
) -> Merged:
    """Put the edits of one page's week upon its current version.

    Args:
        base: the version the sheet was made from.
        edits: what the sheet changed against it.
        current: the version that stands.
        as_of: messages up to here were sent: they can't be changed any more.
    """
    return _Merge(base, current, as_of).of(edits)


class _Merge:
    def __init__(
        self, base: Sequence[Message], current: Sequence[Message], as_of: datetime
    ) -> None:
        self.as_of = as_of
        self.present = {message.message_id: message for message in current}
        self.twin = _twins(base, current)
        self.changes: list[Change] = []
        self.conflicts: list[Conflict] = []
        self.wheres: dict[str, str] = {}

    def of(self, edits: Edits) -> Merged:
        for edited, rows in _by_message(edits).items():
            self._change(edited, rows, edits)
        for message in edits.deleted:
            self._delete(message)
        added = [new for row in edits.added if (new := self._added(row)) is not None]
        return Merged(
            tuple(self.present.values()), tuple(added), tuple(self.changes),
            tuple(self.conflicts), self.wheres,
        )  # fmt: skip

    def _conflict(self, where: str, says: str) -> None:
        self.conflicts.append(Conflict(where, says))

    def _change(self, base: Message, row: Captioned, edits: Edits) -> None:
        where = row.placed.row.where
        wanted = self._wanted(base, row, edits)
        if wanted is None:
            return
        now = self.twin.get(base.message_id)
        differing = {name: value for name, value in wanted.items() if value != _of(base, name)}
        if now is None:
            if differing:
                self._conflict(where, f"message {base.message_id} is not in the plan any more")
            return
        self.wheres[now.message_id] = where
        for name, value in differing.items():
            self._set(now.message_id, name, (_of(base, name), value), where)

    def _set(self, message: str, name: str, change: tuple[object, object], where: str) -> None:
        """Take one field, unless the plan has changed it otherwise meanwhile."""
        before, after = change
        now = self.present[message]
        if (stands := _of(now, name)) == after:
            return
        if stands != before:
            self._conflict(
                where,
                f"{_WORDS[name]} is {_shown(after)} in the sheet, was {_shown(before)}, and is"
                f" {_shown(stands)} in the newer plan",
            )
        elif name != "is_locked" and now.send_at <= self.as_of:
            self._conflict(where, f"message {message} was due before now: it can't be changed")
        elif name == "send_at" and isinstance(after, datetime) and after <= self.as_of:
            self._conflict(where, "the new time is over already")
        else:
            kind = _KINDS.get(name) or ("locked" if after else "unlocked")
            self.changes.append(Change(message, kind, name, before, after))
            self.present[message] = replace(now, **{name: after})  # type: ignore[arg-type]

    def _wanted(self, base: Message, row: Captioned, edits: Edits) -> dict[str, object] | None:
        """Field -> the sheet's value, of those that it changes; None where it can't be meant."""
        wanted: dict[str, object] = {
            "send_at": row.placed.send_at, "price": row.placed.row.price,
            "caption_id": row.caption_id,
        }  # fmt: skip
        if row.placed.row.is_locked is not None:
            wanted["is_locked"] = row.placed.row.is_locked
        if any(change.message is base for change in edits.swapped):
            caption = _meant(row, base)
            if isinstance(caption, str):
                self._conflict(row.placed.row.where, caption)
                return None
            wanted["caption_id"] = caption
        if row.placed.row.week_start != base.week_start:
            self._conflict(
                row.placed.row.where, f"the message would leave the week of {base.week_start}"
            )
            return None
        return wanted

    def _delete(self, base: Message) -> None:
        now = self.twin.get(base.message_id)
        if now is None:
            return
        where = f"message {base.message_id}, which the sheet leaves out"
        if now.send_at <= self.as_of:
            self._conflict(where, "it was due before now: it can't be taken away")
        elif any(_of(now, name) != _of(base, name) for name in _WORDS if name != "is_locked"):
            self._conflict(where, "the newer plan changed it")
        else:
            self.present.pop(now.message_id)
            self.changes.append(Change(now.message_id, "deleted", "message", now.caption_id, None))

    def _added(self, row: Captioned) -> NewMessage | None:
        sheet = row.placed.row
        if row.notes or row.caption_id is None:
            says = "; ".join(row.notes) or "no caption of the bank is named"
            self._conflict(sheet.where, f"a new row needs one caption of the bank: {says}")
            return None
        if row.placed.send_at <= self.as_of:
            self._conflict(sheet.where, "the time of the new row is over already")
            return None
        self.changes.append(Change(None, "added", "message", None, row.caption_id))
        return NewMessage(sheet.where, row.placed.send_at, sheet.price, row.caption_id, True)


_WORDS = {
    "send_at": "the time (UTC)", "price": "the price", "caption_id": "the caption",
    "is_locked": "Locked",
}  # fmt: skip
_KINDS = {"send_at": "moved", "price": "repriced", "caption_id": "swapped"}


def _of(message: Message, name: str) -> object:
    return getattr(message, name)


def _shown(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _by_message(edits: Edits) -> dict[Message, Captioned]:
    found = {change.message: change.row for change in edits.moved}
    found |= {change.message: change.row for change in edits.repriced}
    found |= {change.message: change.row for change in edits.swapped}
    return found | {change.message: change.row for change in edits.relocked}


def _twins(base: Iterable[Message], current: Sequence[Message]) -> dict[str, Message]:
    """Id in the base -> the message it is now: of the same id, else of the same caption."""
    by_id = {message.message_id: message for message in current}
    by_caption: dict[int | None, list[Message]] = defaultdict(list)
    for message in current:
        by_caption[message.caption_id].append(message)
    found = {}
    for message in base:
        same = by_caption[message.caption_id] if message.caption_id is not None else []
        if message.message_id in by_id:
            found[message.message_id] = by_id[message.message_id]
        elif len(same) == 1:
            found[message.message_id] = same[0]
    return found


def _meant(row: Captioned, base: Message) -> int | str:
    """The caption that an edited row means, or why it can't be told.

    A person pastes another text and leaves the id, or the other way round: what was changed counts.
    """
    text = row.placed.row.caption_text
    is_same_id = row.caption_id == base.caption_id
    is_same_text = _folded(text) == _folded(base.caption_text)
    if row.caption_id is not None and (not row.notes or (is_same_text and not is_same_id)):
        return row.caption_id
    if is_same_id and not is_same_text and text is not None and row.of_text:
        return row.of_text[0]
    if text is not None and not row.of_text:
        return (
            "the text is of no caption in the bank: load it with the bank first, or restore the"
            " text"
        )
    return "; ".join(row.notes) or "no caption of the bank is named"


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
